"""Writes packages/environments/src/random/ziggurat-layers.ts: widths of the layers of NumPy's ziggurats, read off its own draws.

The widths follow from Marsaglia and Tsang 2000, but NumPy's of the normal distribution carry rounding errors of 1e-14, which show in draws. A
draw is the product of its bits and the width of its layer, so that a few thousand draws leave one float64 for each width.

Usage: python tools/goldens/environments/make_ziggurat.py, with numpy installed
"""

from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parents[3] / 'packages/environments/src/random/ziggurat-layers.ts'
SEED = 20260


def widths(draw, split):
    candidates, seen = {}, np.zeros(256, int)
    bits, values = np.random.PCG64(SEED), np.random.Generator(np.random.PCG64(SEED))
    for _ in range(6_000_000):
        layer, share = split(int(bits.random_raw()))
        value = abs(draw(values))
        # One further draw accepts a value near the density, except from the base; more of them are of another value.
        state = values.bit_generator.state
        is_first = bits.state['state'] == state['state']
        if not is_first and layer > 0:
            bits.random_raw()
            is_first = bits.state['state'] == state['state']
        bits.state = state
        if share == 0 or not is_first:
            continue
        near = value / share
        fits = {near + step * np.spacing(near) for step in range(-4, 5)}
        fits = {width for width in candidates.get(layer, fits) if share * width == value}
        assert fits, layer
        candidates[layer] = fits
        seen[layer] += 1
        if seen.min() >= 3000:
            break
    assert all(len(fits) == 1 for fits in candidates.values()), seen.min()
    return [float(candidates[layer].pop()) for layer in range(256)]


def split_normal(bits):
    return bits & 0xFF, float((bits >> 9) & 0xFFFFFFFFFFFFF) * 2.0**-52


def split_exponential(bits):
    return (bits >> 3) & 0xFF, float(bits >> 11) * 2.0**-53


def array(name, density, values):
    numbers = ', '.join(map(repr, values))
    return f'\n/** Of the density {density}. */\nexport const {name}: readonly number[] = [{numbers}];\n'


FILE.write_text(
    f"""// Written by tools/goldens/environments/make_ziggurat.py (NumPy {np.__version__}): the base layer's width, then those of the other 255,
// growing.
"""
    + array('normalLayers', 'e^(-x²/2)', widths(lambda rng: rng.standard_normal(), split_normal))
    + array('exponentialLayers', 'e^(-x)', widths(lambda rng: rng.standard_exponential(), split_exponential))
)

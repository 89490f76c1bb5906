"""Seeded inputs and the text form of tensors: `float32[2,3] 0.5 -1.25 nan inf -inf -0`."""

import zlib

import numpy as np
import torch

SEED = 20261123
TORCH_TYPES = {
    'float32': torch.float64,
    'int32': torch.int32,
    'bool': torch.bool,
    'uint8': torch.uint8,
}
NAMES = {torch.float64: 'float32', torch.int32: 'int32', torch.bool: 'bool', torch.uint8: 'uint8'}


def generator(name):
    """Each case draws from its own generator, so that cases can be added without moving others."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def single(values):
    """float64 values that are exact in float32."""
    return np.asarray(values, dtype=np.float64).astype(np.float32).astype(np.float64)


def uniform(shape, low=-2.0, high=2.0):
    """Three decimals, which keeps the files small; both sides round them to float32."""
    return lambda rng: torch.tensor(single(np.round(rng.uniform(low, high, shape), 3)))


def away_from_zero(shape, low=0.2, high=2.0):
    def draw(rng):
        values = np.round(rng.uniform(low, high, shape), 3) * rng.choice([-1, 1], shape)
        return torch.tensor(single(values))

    return draw


def distinct(shape, step=0.25):
    """A shuffled ladder of numbers: no two closer than the step."""

    def draw(rng):
        count = int(np.prod(shape))
        values = (np.arange(count) - count // 2) * step
        return torch.tensor(single(rng.permutation(values).reshape(shape)))

    return draw


def coarse(shape, low, high):
    """Integers in [low, high] as float32: full of ties."""
    return lambda rng: torch.tensor(rng.integers(low, high + 1, shape).astype(np.float64))


def integers(shape, low=-20, high=20):
    return lambda rng: torch.tensor(rng.integers(low, high + 1, shape).astype(np.int32))


def flags(shape):
    return lambda rng: torch.tensor(rng.integers(0, 2, shape).astype(bool))


def bytes_(shape):
    return lambda rng: torch.tensor(rng.integers(0, 256, shape).astype(np.uint8))


def floats(values, shape=None):
    return lambda _: torch.tensor(single(values).reshape(shape or np.shape(values)))


def ints(values, shape=None):
    return lambda _: torch.tensor(np.asarray(values, dtype=np.int32).reshape(shape or np.shape(values)))


def bools(values):
    return lambda _: torch.tensor(np.asarray(values, dtype=bool))


def write_number(value, digits):
    if np.isnan(value):
        return 'nan'
    if np.isinf(value):
        return 'inf' if value > 0 else '-inf'
    if value == 0:
        return '-0' if np.signbit(value) else '0'
    text = f'{value:.{digits}g}'
    # 1e-05 and 1e+20 are longer than they need to be
    return text.replace('e-0', 'e-').replace('e+0', 'e').replace('e+', 'e')


def write_float(value):
    """Shortest decimal of a float32, else nine digits: a hundredth of its rounding."""
    value = float(value)
    if np.isfinite(value) and abs(value) < 3e38 and float(np.float32(value)) == value:
        for digits in range(1, 10):
            if np.float32(f'{value:.{digits}g}') == np.float32(value):
                return write_number(value, digits)
    return write_number(value, 9)


def text(tensor):
    """The text form of a tensor; float64 stands for float32."""
    tensor = tensor.detach()
    name = NAMES[tensor.dtype]
    flat = tensor.reshape(-1).tolist()
    numbers = map(write_float, flat) if name == 'float32' else (str(int(x)) for x in flat)
    return f'{name}[{",".join(map(str, tensor.shape))}] {" ".join(numbers)}'.rstrip()

"""Writes packages/conformance/src/vectors/scan.json: a recurrent layer by jax.lax.scan, in float64.

Run from anywhere, with jax and numpy installed:

    python tools/goldens/conformance/make_scan.py
"""

import json
import platform
from pathlib import Path

import jax
import numpy as np

jax.config.update('jax_enable_x64', True)

OUTPUT = Path(__file__).parents[3] / 'packages' / 'conformance' / 'src' / 'vectors' / 'scan.json'
SEED = 20261125


def tensor(array):
    return {'shape': list(array.shape), 'data': [float(f'{x:.9g}') for x in np.ravel(array)]}


def main():
    generator = np.random.default_rng(SEED)
    shapes = {'x': (7, 2, 3), 'h': (2, 5), 'w': (3, 5), 'u': (5, 5)}
    # Rounded to float32 first: the engines get the same operands.
    operands = {
        name: generator.uniform(-0.7, 0.7, shape).astype(np.float32).astype(np.float64)
        for name, shape in shapes.items()
    }

    def step(state, row):
        following = jax.numpy.tanh(row @ operands['w'] + state @ operands['u'])
        return following, following

    results = {
        name: jax.lax.scan(step, operands['h'], operands['x'], reverse=reverse)[1]
        for name, reverse in [('forward', False), ('reverse', True)]
    }
    OUTPUT.write_text(
        json.dumps(
            {
                'generator': 'tools/goldens/conformance/make_scan.py',
                'versions': {
                    'python': platform.python_version(),
                    'jax': jax.__version__,
                    'numpy': np.__version__,
                },
                'seed': SEED,
                'operands': {name: tensor(array) for name, array in operands.items()},
                'results': {name: tensor(array) for name, array in results.items()},
            },
            indent=1,
        )
        + '\n'
    )


if __name__ == '__main__':
    main()

"""Writes packages/conformance/src/vectors/*.json: values and gradients from PyTorch in float64, draws from JAX.

Run from anywhere, with torch, jax and numpy installed:

    python tools/goldens/conformance/make_conformance.py
"""

import json
import platform
from pathlib import Path

import jax
import numpy as np
import torch

import draws
import elementwise
import golden
import images
import networks
import structured
from tensors import SEED

OUTPUT = Path(__file__).parents[3] / 'packages' / 'conformance' / 'src' / 'vectors'
GENERATOR = 'tools/goldens/conformance/make_conformance.py'


def versions():
    return {
        'python': platform.python_version(),
        'torch': torch.__version__,
        'jax': jax.__version__,
        'numpy': np.__version__,
    }


def write(name, contents):
    """One line for each case, so that a change shows as one line."""
    head = {'generator': GENERATOR, 'versions': versions(), 'seed': SEED}
    lines = [f'{json.dumps(key)}: {json.dumps(value)}' for key, value in head.items()]
    for key, value in contents.items():
        inner = ',\n'.join(f'{json.dumps(id)}: {json.dumps(entry)}' for id, entry in value.items())
        lines.append(f'{json.dumps(key)}: {{\n{inner}\n}}')
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / f'{name}.json').write_text('{\n' + ',\n'.join(lines) + '\n}\n')


def main():
    for family in [elementwise, structured, images]:
        golden.CASES.clear()
        family.add_cases()
        write(family.__name__, {'cases': golden.CASES})
    write('random', {'cases': draws.cases()})
    write('networks', {'networks': networks.networks()})


if __name__ == '__main__':
    main()

"""Writes packages/compiler/test/vectors/einsum.json: sums of products by NumPy, and their gradients by JAX, in float64.

Run from anywhere, with jax and numpy installed:

    python tools/goldens/compiler/make_einsum.py

A case has an equation, operands, the value, a cotangent, and for each operand the gradient of the sum of value times
cotangent. Operands and cotangents are small multiples of 1/4, so that values are exact and short.
"""

import json
import platform
from pathlib import Path

import jax

jax.config.update('jax_enable_x64', True)

import jax.numpy as jnp
import numpy as np

OUTPUT = Path(__file__).parents[3] / 'packages' / 'compiler' / 'test' / 'vectors' / 'einsum.json'
SEED = 20260102
random = np.random.default_rng(SEED)

CASES = [
    ('ij,jk->ik', (2, 3), (3, 4)),
    ('ij,jk', (2, 3), (3, 4)),
    ('ij,kj->ki', (2, 3), (4, 3)),
    ('ij->ji', (2, 3)),
    ('ba', (2, 3)),
    ('bA', (2, 3)),
    ('ijk->', (2, 3, 2)),
    ('ijk->j', (2, 3, 2)),
    ('i,i', (5,), (5,)),
    ('i,i->i', (5,), (5,)),
    ('i,j', (2,), (3,)),
    ('i,j->ji', (2,), (3,)),
    ('ij,j->i', (3, 4), (4,)),
    ('j,ij->ij', (4,), (3, 4)),
    ('ij,ij->', (3, 4), (3, 4)),
    ('ij,ji->', (3, 4), (4, 3)),
    ('bij,bjk->bik', (2, 3, 4), (2, 4, 2)),
    ('bqhd,bkhd->bhqk', (2, 3, 2, 4), (2, 2, 2, 4)),
    ('bhqk,bkhd->bqhd', (2, 2, 3, 2), (2, 2, 2, 4)),
    ('abcd,efcd->aebf', (2, 1, 3, 2), (2, 3, 3, 2)),
    ('ij,kl->', (2, 3), (3, 2)),
    ('ik,jk->ij', (1, 3), (2, 3)),
    ('ij,jk,kl->il', (2, 3), (3, 4), (4, 2)),
    ('ij,ik,il->jkl', (3, 2), (3, 2), (3, 2)),
    ('i,i,i->', (4,), (4,), (4,)),
    ('ij,j,i->', (2, 3), (3,), (2,)),
    ('...i,ij->...j', (2, 2, 3), (3, 2)),
    ('...i,...i', (2, 3), (2, 3)),
    ('...ij,...jk->...ik', (2, 1, 2, 3), (4, 3, 2)),
    ('i...,j->j...i', (2, 3), (2,)),
    ('...,...', (3, 1), (1, 2)),
    ('...,->...', (3, 2), ()),
    ('i->...i', (3,)),
    ('ij,ij->ij', (2, 1), (2, 3)),
    ('ij,ij->i', (2, 1), (2, 3)),
    ('ij,jk->ik', (2, 1), (3, 2)),
    (' i j , j -> i ', (2, 3), (3,)),
    ('->', ()),
]


def quarters(shape):
    return random.integers(-8, 9, shape) / 4


def stored(array):
    return {'shape': np.shape(array), 'data': np.asarray(array, dtype=np.float64).ravel().tolist()}


def case(equation, *shapes):
    operands = [quarters(shape) for shape in shapes]
    value = np.einsum(equation, *operands)
    cotangent = quarters(value.shape)

    def loss(operands):
        return jnp.sum(jnp.einsum(equation, *operands) * cotangent)

    gradients = jax.grad(loss)([jnp.asarray(operand) for operand in operands])
    return {
        'equation': equation,
        'operands': [stored(operand) for operand in operands],
        'value': stored(value),
        'cotangent': stored(cotangent),
        'gradients': [stored(gradient) for gradient in gradients],
    }


def main():
    head = {
        'generator': 'tools/goldens/compiler/make_einsum.py',
        'versions': {'python': platform.python_version(), 'numpy': np.__version__, 'jax': jax.__version__},
        'seed': SEED,
    }
    rows = ',\n'.join('    ' + json.dumps(case(*given), separators=(',', ':')) for given in CASES)
    lines = [f'  {json.dumps(key)}: {json.dumps(value)}' for key, value in head.items()]
    OUTPUT.write_text('{\n' + ',\n'.join([*lines, f'  "cases": [\n{rows}\n  ]']) + '\n}\n')


main()

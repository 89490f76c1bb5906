"""Writes packages/core/test/vectors/models.json: first values of a model and a dropout mask, by JAX.

Run from anywhere, with jax installed, on an x86-64 CPU that has fused multiply-add:

    python tools/goldens/core/make_models.py

Every float is stored as the unsigned integer of its bits; of long draws only both ends and the
exclusive or of all words.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import initializers

from common import write

SEED = 42
LONG = 32

# The convolutional network of the quickstart.
VARIABLES = {
    'conv2d_1/kernel': (3, 3, 1, 16),
    'conv2d_1/bias': (16,),
    'conv2d_2/kernel': (3, 3, 16, 32),
    'conv2d_2/bias': (32,),
    'dense_1/kernel': (800, 10),
    'dense_1/bias': (10,),
}
MASK = {'stream': 'dropout_1 \u203a bernoulli', 'iteration': 7, 'keep': 0.75, 'shape': (4, 6)}


def fold_in_text(key, text):
    """Folds the FNV-1a hash of a text's bytes (RFC 9923) into a key."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 % 2**32
    return jax.random.fold_in(key, jnp.uint32(value))


def drawn(path, shape):
    if path.endswith('bias'):
        values = jnp.zeros(shape)
    else:
        values = initializers.glorot_uniform()(fold_in_text(jax.random.key(SEED), path), shape)
    words = np.asarray(values, dtype=np.float32).ravel().view(np.uint32)
    ends = words if len(words) <= LONG else np.concatenate([words[:8], words[-8:]])
    return {
        'path': path,
        'shape': shape,
        'ends': [int(word) for word in ends],
        'exclusiveOr': int(np.bitwise_xor.reduce(words)),
    }


def main():
    key = jax.random.fold_in(fold_in_text(jax.random.key(SEED), MASK['stream']), MASK['iteration'])
    mask = jax.random.bernoulli(key, MASK['keep'], MASK['shape'])
    content = {
        'seed': SEED,
        'settings': {'jax_threefry_partitionable': bool(jax.config.jax_threefry_partitionable)},
        'variables': [drawn(path, shape) for path, shape in VARIABLES.items()],
        'dropout': MASK | {'mask': [int(kept) for kept in np.asarray(mask).ravel()]},
    }
    write(__file__, ['jax', 'jaxlib', 'numpy'], content)


main()

"""Writes packages/core/test/vectors/initializers.json: first values of variables by JAX, fans by Keras.

Run from anywhere, with jax, keras and numpy installed, on an x86-64 CPU that has fused multiply-add:

    python tools/goldens/core/make_initializers.py

Every float is stored as the unsigned integer of its bits; of long draws only both ends and the
exclusive or of all words.
"""

import os

os.environ['KERAS_BACKEND'] = 'jax'

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import initializers
from keras.src.initializers.random_initializers import compute_fans

from common import write

KEYS = [(0, 42), (0xDEADBEEF, 0x12345678)]
SHAPES = [(3, 4), (1, 1), (784, 10), (3, 3, 16, 32), (5, 5, 1, 7)]
FAN_SHAPES = [(), (7,), (3, 4), (5, 3, 4), (3, 2, 16, 32), (2, 3, 4, 5, 6), (0, 4), (3, 3, 0, 2)]
LONG = 64

SCALED = {
    'glorotUniform': initializers.glorot_uniform(),
    'glorotNormal': initializers.glorot_normal(),
    'heUniform': initializers.he_uniform(),
    'heNormal': initializers.he_normal(),
    'lecunUniform': initializers.lecun_uniform(),
    'lecunNormal': initializers.lecun_normal(),
}
PLAIN = {
    ('uniform', -0.05, 0.05): lambda key, shape: jax.random.uniform(
        key, shape, minval=-0.05, maxval=0.05
    ),
    ('uniform', 0.1, 0.7): lambda key, shape: jax.random.uniform(
        key, shape, minval=0.1, maxval=0.7
    ),
    ('normal', 0.0, 0.05): initializers.normal(0.05),
    ('normal', 0.0, 3.7): initializers.normal(3.7),
    # a product and a sum, compiled one by one as in eager code
    ('normal', 1.5, 0.3): lambda key, shape: initializers.normal(0.3)(key, shape) + jnp.float32(1.5),
    ('truncatedNormal', 0.0, 0.05): initializers.truncated_normal(0.05),
    ('truncatedNormal', -2.0, 0.9): lambda key, shape: (
        initializers.truncated_normal(0.9)(key, shape) - jnp.float32(2)
    ),
}


def drawn(initializer, key, shape):
    values = initializer(jax.random.wrap_key_data(jnp.array(key, dtype=jnp.uint32)), shape)
    words = np.asarray(values, dtype=np.float32).ravel().view(np.uint32)
    ends = words if len(words) <= LONG else np.concatenate([words[:16], words[-16:]])
    return {
        'key': key,
        'shape': shape,
        'count': len(words),
        'ends': [int(word) for word in ends],
        'exclusiveOr': int(np.bitwise_xor.reduce(words)),
    }


def main():
    scaled = [
        {'name': name} | drawn(initializer, key, shape)
        for name, initializer in SCALED.items()
        for key in KEYS
        for shape in SHAPES
    ]
    plain = [
        {'name': name, 'a': a, 'b': b} | drawn(initializer, key, (7, 30))
        for (name, a, b), initializer in PLAIN.items()
        for key in KEYS
    ]
    fans = [{'shape': shape, 'fans': compute_fans(shape)} for shape in FAN_SHAPES]
    settings = {'jax_threefry_partitionable': bool(jax.config.jax_threefry_partitionable)}
    content = {'settings': settings, 'scaled': scaled, 'plain': plain, 'fans': fans}
    write(__file__, ['jax', 'jaxlib', 'keras', 'numpy'], content)


main()

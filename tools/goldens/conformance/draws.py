"""Draws of jax.random for programs' random operators: the run's key, folded with the stream, then each index."""

import jax
import jax.numpy as jnp
import numpy as np

FNV_OFFSET_BASIS, FNV_PRIME, MASK = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


def fnv1a(text):
    result = FNV_OFFSET_BASIS
    for byte in text.encode():
        result = ((result ^ byte) * FNV_PRIME) & MASK
    return result


def key_of(seed, stream, iteration):
    key = jax.random.fold_in(jax.random.key(seed), jnp.uint32(fnv1a(stream)))
    for index in iteration:
        key = jax.random.fold_in(key, index)
    return key


def draw(operator, key, shape, attributes):
    if operator == 'randomUniform':
        values = jax.random.uniform(key, shape, minval=attributes['low'], maxval=attributes['high'])
    elif operator == 'randomNormal':
        values = jax.random.normal(key, shape)
    else:
        return np.asarray(jax.random.bernoulli(key, attributes['probability'], shape)).astype(int)
    return np.asarray(values).view(np.uint32)


def case(operator, shape, seed, stream, iteration=(), **attributes):
    bits = draw(operator, key_of(seed, stream, iteration), tuple(shape), attributes)
    return {
        'operator': operator,
        'attributes': {'shape': shape, 'stream': stream, **attributes},
        'seed': seed,
        'iteration': list(iteration),
        'bits': [int(word) for word in bits.reshape(-1)],
    }


def cases():
    """All as JAX draws them by default: 32-bit types, partitionable Threefry."""
    assert jax.config.jax_threefry_partitionable
    return {
        'randomUniform/unit': case('randomUniform', [7], 42, 'noise', low=0.0, high=1.0),
        'randomUniform/range': case('randomUniform', [2, 3], 7, 'noise', low=-0.05, high=0.05),
        'randomUniform/other-stream': case('randomUniform', [7], 42, 'layer › uniform', low=0.0, high=1.0),
        'randomUniform/other-seed': case('randomUniform', [7], 43, 'noise', low=0.0, high=1.0),
        'randomUniform/iteration': case('randomUniform', [5], 42, 'noise', [3], low=0.0, high=1.0),
        'randomUniform/two-iterations': case('randomUniform', [5], 42, 'noise', [3, 11], low=0.0, high=1.0),
        'randomUniform/scalar': case('randomUniform', [], 1, 'noise', low=0.0, high=1.0),
        'randomUniform/past-a-tile': case('randomUniform', [129], 5, 'noise', low=-1.0, high=1.0),
        'randomNormal/vector': case('randomNormal', [9], 42, 'weights'),
        'randomNormal/matrix': case('randomNormal', [3, 5], 7, 'größe'),
        'randomNormal/iteration': case('randomNormal', [4], 42, 'weights', [0]),
        'randomNormal/past-a-tile': case('randomNormal', [129], 0, 'weights'),
        'randomBernoulli/half': case('randomBernoulli', [33], 42, 'dropout', probability=0.5),
        'randomBernoulli/rare': case('randomBernoulli', [4, 16], 3, 'dropout_1', probability=0.1),
        'randomBernoulli/never': case('randomBernoulli', [5], 42, 'dropout', probability=0.0),
        'randomBernoulli/always': case('randomBernoulli', [5], 42, 'dropout', probability=1.0),
        'randomBernoulli/iteration': case('randomBernoulli', [17], 42, 'dropout', [1000], probability=0.5),
    }

"""Writes packages/compiler/test/vectors/random.json: draws of JAX for the tests of the random keys.

Run from anywhere, with jax, numpy and mpmath installed, on an x86-64 CPU that has fused
multiply-add:

    python tools/goldens/random/make_random.py

Every float is stored as the unsigned integer of its bits. The run takes about half a minute.
"""

import json
import math
import platform
from pathlib import Path

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
from jax import lax
from jax.extend.random import threefry2x32_p

OUTPUT = Path(__file__).parents[3] / 'packages' / 'compiler' / 'test' / 'vectors' / 'random.json'

# Random123's tests/kat_vectors, lines "threefry2x32 20": counter, key, result.
KNOWN_ANSWERS = [
    ((0x00000000, 0x00000000), (0x00000000, 0x00000000), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
]
SEEDS = [0, 1, 42, 12345, -1, -42, -(2**31), 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**40 + 7,
         -(2**32) - 3, 2**53 - 1, -(2**53) + 1, 2**63 - 1, -(2**63)]
KEYS = [(0, 0), (0, 42), (0xDEADBEEF, 0x12345678), (0xFFFFFFFF, 0xFFFFFFFF)]
KEY = KEYS[2]
# Exact sums, rounded ones, a low bound that is large or tiny against the span, an empty span.
RANGES = [(0.0, 1.0), (-1.0, 1.0), (-0.05, 0.05), (0.1, 0.7), (3.0, 10.0), (-0.3, 100.0),
          (1000.0, 1000.001), (1e-30, 1.0), (-1e30, 1e30), (-1e-7, 16777216.0), (5.0, 5.0)]
INTEGER_RANGES = [(0, 1), (0, 2), (0, 10), (-3, 4), (0, 255), (0, 65535), (0, 65536), (0, 65537),
                  (0, 1_000_003), (-(2**31), 2**31 - 1), (-5, 2**31 - 1), (0, 2**31 - 1)]
# Around the counts from which JAX sorts once more.
SHUFFLED = [0, 1, 2, 3, 1624, 1625, 1626, 2_642_244, 2_642_245, 2_642_246, 2**31 - 1]
TEXTS = ['', 'a', 'foobar', 'dropout_1', 'conv2d_1 › matmul', 'größe', '日本語', '🙂 mixed ß']
SQRT_TWO = np.float32(np.sqrt(2))
FNV_OFFSET_BASIS, FNV_PRIME, MASK = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


def wrap(key):
    return jax.random.wrap_key_data(jnp.array(key, dtype=jnp.uint32))


def key_words(key):
    return [int(word) for word in np.asarray(jax.random.key_data(key))]


def words(array):
    array = np.asarray(array)
    return [int(word) for word in (array.view(np.uint32) if array.dtype != np.uint32 else array)]


def fnv1a(values):
    """32-bit FNV-1a; for words, whole words take the place of bytes."""
    result = FNV_OFFSET_BASIS
    for value in values:
        result = ((result ^ value) * FNV_PRIME) & MASK
    return result


def counters():
    """Words beyond element 2^32, which no array reaches: the block function on 64-bit counters."""
    for offset in [0, 2**32 - 3, 2**32, 2**40 + 5, 2**53 - 10]:
        elements = [offset + index for index in range(6)]
        high = jnp.array([element >> 32 for element in elements], dtype=jnp.uint32)
        low = jnp.array([element & MASK for element in elements], dtype=jnp.uint32)
        first, second = threefry2x32_p.bind(jnp.uint32(KEY[0]), jnp.uint32(KEY[1]), high, low)
        yield {'key': KEY, 'offset': offset, 'words': words(first ^ second)}


def every_mantissa(low, high):
    """The 2^23 uniform values that a draw can take, rounded once as a fused multiply-add does."""
    unit = np.arange(2**23, dtype=np.float64) * 2.0**-23
    span = np.float64(np.float32(high) - np.float32(low))
    return np.maximum((unit * span + np.float64(low)).astype(np.float32), np.float32(low))


def normals():
    low = np.nextafter(np.float32(-1), np.float32(0))
    uniform = every_mantissa(low, np.float32(1))
    return uniform, np.asarray(jax.jit(lambda u: SQRT_TWO * lax.erf_inv(u))(uniform))


def truncated_normals():
    bound = np.float32(lax.erf(np.float32(2) / SQRT_TWO))
    uniform = every_mantissa(-bound, bound)
    largest = np.nextafter(np.float32(2), np.float32(0))
    transform = jax.jit(lambda u: jnp.clip(SQRT_TWO * lax.erf_inv(u), -largest, largest))
    return uniform, np.asarray(transform(uniform))


def check_transform(values, draw):
    """The transform of all mantissas must be what JAX's own draw computes."""
    key = jax.random.key(7)
    mantissas = np.asarray(jax.random.bits(key, (2**22,))) >> np.uint32(9)
    drawn = np.asarray(draw(key, (2**22,)))
    assert (values[mantissas].view(np.uint32) == drawn.view(np.uint32)).all()


def accuracy(uniform, values):
    """Some values with their true √2 erfinv(u)."""
    chosen = [0, 1, 2, 1000, 2**20, 2**22 - 1, 2**22, 2**22 + 1, 6_000_001, 8_388_000]
    chosen += [2**23 - 3, 2**23 - 2, 2**23 - 1]
    chosen += [int(mantissa) for mantissa in np.random.default_rng(1).integers(0, 2**23, 40)]
    mpmath.mp.dps = 40
    entries = []
    for mantissa in chosen:
        true = float(mpmath.sqrt(2) * mpmath.erfinv(mpmath.mpf(float(uniform[mantissa]))))
        bits = words(values[mantissa:mantissa + 1])[0]
        entries.append({'mantissa': mantissa, 'bits': bits, 'true': true})
    return entries


def logarithms():
    """Inputs with the float64 nearest to their logarithm and what it lacks, for parts of an ULP."""
    mpmath.mp.prec = 300
    generator = np.random.default_rng(2)
    inputs = [1.0, 2.0, 0.5, math.e, 10.0, 3.0, 1 + 2.0**-52, 1 - 2.0**-53, math.sqrt(0.5),
              math.sqrt(2), 5e-324, 2.2250738585072014e-308, 2.225073858507201e-308,
              1.7976931348623157e308, 0.9999, 1.0001, 0.7, 1.4]
    inputs += [float(value) for value in np.exp(generator.uniform(-700, 700, 150))]
    inputs += [float(value) for value in generator.uniform(0.5, 2, 150)]
    inputs += [float(value) for value in 1 + generator.normal(0, 1e-6, 50)]
    for value in inputs:
        exact = mpmath.log(mpmath.mpf(value))
        nearest = float(exact)
        yield {'x': value, 'nearest': nearest, 'remainder': float(exact - mpmath.mpf(nearest))}


def shuffle_rounds(count):
    """The formula of `_shuffle` in jax/_src/random/core.py."""
    return int(np.ceil(3 * np.log(max(1, count)) / np.log(np.iinfo(np.uint32).max)))


def permutations():
    for key in KEYS[1:3]:
        for count in [0, 1, 2, 3, 10, 1000]:
            values = np.asarray(jax.random.permutation(wrap(key), count)).astype(np.uint32)
            yield {'key': key, 'count': count, 'values': words(values)}


def permutation_hashes():
    for count in [1625, 1626, 60000, 2_642_246]:
        values = np.asarray(jax.random.permutation(wrap(KEY), count)).astype(np.uint32)
        yield {'key': KEY, 'count': count, 'hash': fnv1a(values.tolist())}


def bernoulli():
    for probability in [0.0, 0.1, 0.5, 0.9, 1.0, 1e-7, 0.3333333333333333]:
        for count in [1, 200]:
            drawn = np.asarray(jax.random.bernoulli(wrap(KEY), probability, (count,)))
            values = [int(bit) for bit in drawn]
            yield {'key': KEY, 'probability': probability, 'count': count, 'values': values}


def integers():
    for low, high in INTEGER_RANGES:
        drawn = np.asarray(jax.random.randint(wrap(KEY), (50,), low, high))
        yield {'key': KEY, 'low': low, 'high': high, 'values': [int(value) for value in drawn]}
    # JAX takes the exclusive bound 2^31 as an unsigned integer only.
    for low in [0, -7, -(2**31)]:
        drawn = np.asarray(jax.random.randint(wrap(KEY), (50,), low, jnp.uint32(2**31)))
        yield {'key': KEY, 'low': low, 'high': 2**31, 'values': [int(value) for value in drawn]}


def uniform():
    for low, high in RANGES:
        for key in KEYS[1:3]:
            drawn = jax.random.uniform(wrap(key), (200,), minval=low, maxval=high)
            yield {'key': key, 'low': low, 'high': high, 'bits': words(drawn)}


def splits():
    for key in KEYS:
        for count in [1, 2, 3, 10]:
            yield {'key': key, 'keys': [key_words(k) for k in jax.random.split(wrap(key), count)]}


def fold_ins():
    for key in KEYS:
        for data in [0, 1, 1000, 2**31, 2**32 - 1]:
            result = key_words(jax.random.fold_in(wrap(key), data))
            yield {'key': key, 'data': data, 'result': result}


def bits():
    for key in KEYS:
        for count in [0, 1, 2, 3, 17] + ([1000] if key == KEY else []):
            yield {'key': key, 'words': words(jax.random.bits(wrap(key), (count,)))}


def draw_truncated(key, shape):
    return jax.random.truncated_normal(key, -2, 2, shape)


def draws(draw):
    return [{'key': key, 'bits': words(draw(wrap(key), (300,)))} for key in KEYS]


def fold_in_texts():
    for text in TEXTS:
        data = fnv1a(text.encode('utf-8'))
        result = key_words(jax.random.fold_in(wrap(KEY), data))
        yield {'key': KEY, 'text': text, 'hash': data, 'result': result}


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'))


def main():
    assert jax.config.jax_threefry_partitionable and not jax.config.jax_enable_x64
    assert jax.default_backend() == 'cpu' and ' fma ' in Path('/proc/cpuinfo').read_text()

    normal_uniform, normal = normals()
    truncated_uniform, truncated = truncated_normals()
    check_transform(normal, jax.random.normal)
    check_transform(truncated, draw_truncated)

    document = {
        'generator': 'tools/goldens/random/make_random.py',
        'versions': {'python': platform.python_version(), 'jax': jax.__version__,
                     'jaxlib': jax.lib.__version__, 'numpy': np.__version__,
                     'mpmath': mpmath.__version__},
        'settings': {'jax_threefry_partitionable': True, 'jax_enable_x64': False, 'platform': 'cpu',
                     'machine': platform.machine(), 'fusedMultiplyAdd': True},
        'knownAnswers': [{'counter': c, 'key': k, 'words': w} for c, k, w in KNOWN_ANSWERS],
        'seeds': [{'seed': str(seed), 'key': key_words(jax.random.key(seed))} for seed in SEEDS],
        'splits': list(splits()),
        'foldIns': list(fold_ins()),
        'foldInTexts': list(fold_in_texts()),
        'bits': list(bits()),
        'counters': list(counters()),
        'uniform': list(uniform()),
        'bernoulli': list(bernoulli()),
        'normal': draws(jax.random.normal),
        'normalHash': fnv1a(normal.view(np.uint32).tolist()),
        'normalAccuracy': accuracy(normal_uniform, normal),
        'truncatedNormal': draws(draw_truncated),
        'truncatedNormalHash': fnv1a(truncated.view(np.uint32).tolist()),
        'integers': list(integers()),
        'permutations': list(permutations()),
        'permutationHashes': list(permutation_hashes()),
        'shuffleRounds': [{'count': count, 'rounds': shuffle_rounds(count)}
                          for count in SHUFFLED],
        'logarithms': list(logarithms()),
    }
    lines = []
    for name, value in document.items():
        if isinstance(value, list):
            entries = ',\n'.join('    ' + dump(entry) for entry in value)
            lines.append(f'  {dump(name)}: [\n{entries}\n  ]')
        else:
            lines.append(f'  {dump(name)}: {dump(value)}')
    OUTPUT.write_text('{\n' + ',\n'.join(lines) + '\n}\n', encoding='utf-8')


if __name__ == '__main__':
    main()

"""Writes packages/core/test/vectors/schedules.json: learning rates by Keras and optax, and clipped gradients by optax, in float64.

Run from anywhere, with keras, jax, optax and numpy installed:

    python tools/goldens/core/make_schedules.py

Keras counts the updates done, from 0. Gradients are float32 numbers.
"""

import os

os.environ['KERAS_BACKEND'] = 'jax'

import jax

jax.config.update('jax_enable_x64', True)

import jax.numpy as jnp
import keras
import numpy as np
import optax
from keras.optimizers import schedules

from common import write

SEED = 20261127
STEPS = [0, 1, 2, 3, 5, 8, 9, 10, 11, 15, 20, 29, 30, 31, 50]

keras.config.set_floatx('float64')

SCHEDULES = [
    ('exponentialDecay', {'initialRate': 0.5, 'decaySteps': 10, 'decayRate': 0.25},
     schedules.ExponentialDecay(0.5, 10, 0.25)),
    ('exponentialDecay', {'initialRate': 0.5, 'decaySteps': 10, 'decayRate': 0.25, 'staircase': True},
     schedules.ExponentialDecay(0.5, 10, 0.25, staircase=True)),
    ('linearDecay', {'initialRate': 0.5, 'endRate': 0.125, 'decaySteps': 20},
     schedules.PolynomialDecay(0.5, 20, 0.125, power=1.0)),
    ('cosineDecay', {'initialRate': 0.5, 'decaySteps': 30}, schedules.CosineDecay(0.5, 30)),
    ('cosineDecay', {'initialRate': 0.5, 'decaySteps': 30, 'alpha': 0.25}, schedules.CosineDecay(0.5, 30, 0.25)),
    ('cosineDecay', {'initialRate': 0.125, 'decaySteps': 20, 'warmupSteps': 10, 'warmupTarget': 0.5},
     schedules.CosineDecay(0.125, 20, warmup_target=0.5, warmup_steps=10)),
    ('piecewiseConstantDecay', {'boundaries': [3, 10], 'rates': [0.5, 0.25, 0.125]},
     schedules.PiecewiseConstantDecay([3, 10], [0.5, 0.25, 0.125])),
    ('oneCycle', {'peakRate': 0.5, 'totalSteps': 30}, optax.cosine_onecycle_schedule(30, 0.5)),
    ('oneCycle',
     {'peakRate': 0.5, 'totalSteps': 31, 'warmupShare': 0.5, 'initialDivisor': 4, 'finalDivisor': 16},
     optax.cosine_onecycle_schedule(31, 0.5, 0.5, 4, 16)),
]  # fmt: skip


def clipped():
    random = np.random.default_rng(SEED)
    tree = {'a': [3, 2], 'b': [4], 'c': []}
    for scale in [0.1, 1.0, 30.0, 0.0]:
        gradients = {n: (random.normal(size=s) * scale).astype(np.float32).astype(np.float64) for n, s in tree.items()}
        leaves = {n: jnp.asarray(g) for n, g in gradients.items()}
        together, _ = optax.clip_by_global_norm(1.5).update(leaves, None)
        norms = {n: float(jnp.sqrt(jnp.sum(g**2))) for n, g in leaves.items()}
        alone = {n: g * min(1.0, 1.5 / norms[n]) if norms[n] > 0 else g for n, g in leaves.items()}
        values, _ = optax.clip(0.75).update(leaves, None)
        listed = lambda t: {n: np.ravel(g).tolist() for n, g in t.items()}
        yield {
            'gradients': listed(gradients), 'globalNorm': listed(together), 'norm': listed(alone), 'value': listed(values),
        }  # fmt: skip


def main():
    rates = [
        {'schedule': name, 'options': options, 'rates': [float(schedule(step)) for step in STEPS]}
        for name, options, schedule in SCHEDULES
    ]
    settings = {'maxNorm': 1.5, 'limit': 0.75, 'steps': STEPS}
    content = {'seed': SEED, 'settings': settings, 'schedules': rates, 'clipped': list(clipped())}
    write(__file__, ['keras', 'jax', 'optax', 'numpy'], content)


main()

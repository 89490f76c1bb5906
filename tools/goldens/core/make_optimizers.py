"""Writes packages/core/test/vectors/optimizers.json: trajectories of PyTorch's optimizers in float64.

Run from anywhere, with torch, jax, optax and numpy installed:

    python tools/goldens/core/make_optimizers.py

Every optimizer gets the same gradients: of very different sizes from element to element, one of
them zero at every step, one zero at first. Where optax has the same rule, its trajectory has to
agree; the script fails if it does not.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

from common import write

jax.config.update('jax_enable_x64', True)

SEED = 20261123
STEPS = 30
SCALES = np.array([1.0, 1e-3, 1e-8, 30.0, 0.0, 1.0, 1.0])
START = [0.5, -2.0, 1e-3, 10.0, 3.0, 0.0, -0.25]


def gradients():
    rng = np.random.default_rng(SEED)
    steps = rng.standard_normal((STEPS, len(START))) * SCALES
    steps[:5, 5] = 0.0
    steps[:, 6] = np.abs(steps[:, 6]) + 1
    # float32 values, so that every engine reads the same
    return steps.astype(np.float32).astype(np.float64)


def constant(rate):
    return lambda step: rate


def inverse_root(rate):
    return lambda step: rate / step**0.5


def torch_trajectory(make, rate, steps):
    parameter = torch.tensor(START, dtype=torch.float64)
    optimizer = make([parameter])
    trajectory = []
    for index, gradient in enumerate(steps):
        for group in optimizer.param_groups:
            group['lr'] = rate(index + 1)
        parameter.grad = torch.from_numpy(gradient)
        optimizer.step()
        trajectory.append(parameter.tolist())
    return trajectory


def optax_trajectory(transform, steps):
    parameter = jnp.array(START, dtype=jnp.float64)
    state = transform.init(parameter)
    trajectory = []
    for gradient in steps:
        updates, state = transform.update(jnp.array(gradient), state, parameter)
        parameter = optax.apply_updates(parameter, updates)
        trajectory.append(parameter.tolist())
    return trajectory


def variants():
    """Name and options as in core, PyTorch's optimizer, learning rate by step, optax's where it has it."""
    sgd, adam, adamw, rms = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop
    # optax counts steps from 0
    schedule = lambda count: 0.1 / jnp.sqrt(count + 1.0)
    yield ('sgd', {'learningRate': 0.1}, lambda p: sgd(p, 0.1), constant(0.1), optax.sgd(0.1))
    yield ('sgd', {'learningRate': 0.1, 'momentum': 0.9},
           lambda p: sgd(p, 0.1, momentum=0.9), constant(0.1), optax.sgd(0.1, momentum=0.9))
    yield ('sgd', {'learningRate': 0.1, 'momentum': 0.9, 'nesterov': True},
           lambda p: sgd(p, 0.1, momentum=0.9, nesterov=True), constant(0.1),
           optax.sgd(0.1, momentum=0.9, nesterov=True))
    yield ('sgd', {'learningRate': 0.05, 'momentum': 0.5, 'weightDecay': 0.01},
           lambda p: sgd(p, 0.05, momentum=0.5, weight_decay=0.01), constant(0.05),
           optax.chain(optax.add_decayed_weights(0.01), optax.sgd(0.05, momentum=0.5)))
    yield ('sgd', {'learningRate': 0.05, 'weightDecay': 0.01},
           lambda p: sgd(p, 0.05, weight_decay=0.01), constant(0.05),
           optax.chain(optax.add_decayed_weights(0.01), optax.sgd(0.05)))
    yield ('sgd', {'inverseRootRate': 0.1, 'momentum': 0.9, 'nesterov': True},
           lambda p: sgd(p, 0.1, momentum=0.9, nesterov=True), inverse_root(0.1),
           optax.sgd(schedule, momentum=0.9, nesterov=True))
    yield ('adam', {}, lambda p: adam(p), constant(1e-3), optax.adam(1e-3))
    yield ('adam', {'learningRate': 0.01, 'beta1': 0.5, 'beta2': 0.99, 'epsilon': 1e-3},
           lambda p: adam(p, 0.01, betas=(0.5, 0.99), eps=1e-3), constant(0.01),
           optax.adam(0.01, b1=0.5, b2=0.99, eps=1e-3))
    yield ('adam', {'learningRate': 0.01, 'beta1': 0, 'beta2': 0},
           lambda p: adam(p, 0.01, betas=(0.0, 0.0)), constant(0.01),
           optax.adam(0.01, b1=0.0, b2=0.0))
    yield ('adam', {'inverseRootRate': 0.1}, lambda p: adam(p), inverse_root(0.1),
           optax.adam(schedule))
    yield ('adamW', {}, lambda p: adamw(p), constant(1e-3), optax.adamw(1e-3, weight_decay=1e-2))
    yield ('adamW', {'learningRate': 0.01, 'weightDecay': 0.5},
           lambda p: adamw(p, 0.01, weight_decay=0.5), constant(0.01),
           optax.adamw(0.01, weight_decay=0.5))
    yield ('adamW', {'inverseRootRate': 0.1, 'weightDecay': 0.1},
           lambda p: adamw(p, weight_decay=0.1), inverse_root(0.1),
           optax.adamw(schedule, weight_decay=0.1))
    yield ('rmsprop', {}, lambda p: rms(p, 1e-3, alpha=0.9, eps=1e-8), constant(1e-3),
           optax.rmsprop(1e-3, decay=0.9, eps=1e-8, eps_in_sqrt=False))
    yield ('rmsprop', {'learningRate': 0.01, 'rho': 0.99, 'momentum': 0.8, 'epsilon': 1e-4},
           lambda p: rms(p, 0.01, alpha=0.99, eps=1e-4, momentum=0.8), constant(0.01),
           optax.rmsprop(0.01, decay=0.99, eps=1e-4, momentum=0.8, eps_in_sqrt=False))


def main():
    steps = gradients()
    trajectories = []
    for name, options, make, rate, transform in variants():
        parameters = torch_trajectory(make, rate, steps)
        np.testing.assert_allclose(optax_trajectory(transform, steps), parameters, rtol=1e-11,
                                   atol=1e-15, err_msg=f'{name} {options}')
        trajectories.append({'name': name, 'options': options, 'parameters': parameters})
    content = {'seed': SEED, 'start': START, 'gradients': steps.tolist(),
               'trajectories': trajectories}
    write(__file__, ['torch', 'jax', 'optax', 'numpy'], content)


main()

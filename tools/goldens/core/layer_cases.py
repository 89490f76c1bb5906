"""What the scripts that record layers share: a Keras layer's output, gradients and state, on JAX in float64.

Every case is a layer, an input, its variables and a cotangent; the gradients are those of the sum of output times
cotangent. Inputs, variables and cotangents are float32 numbers; outputs and gradients are computed in float64.
"""

import os

os.environ['KERAS_BACKEND'] = 'jax'

import jax

jax.config.update('jax_enable_x64', True)

import jax.numpy as jnp
import keras
import numpy as np
from keras import layers
from keras.src.backend.common import dtypes

keras.config.set_floatx('float64')

# Else statistics are computed in float32: by this table, float64 exists on TensorFlow only.
dtypes.BIT64_TO_BIT32_DTYPE['float64'] = 'float64'


def stored(array):
    array = np.asarray(array)
    return {'shape': array.shape, 'data': [float(f'{v:.15g}') for v in array.ravel()]}


def camel(name):
    """moving_mean is movingMean here."""
    first, *rest = name.split('_')
    return first + ''.join(part.capitalize() for part in rest)


def recorder(seed):
    """Returns the function that records cases, which draws from one generator."""
    random = np.random.default_rng(seed)

    def numbers(shape):
        """Normal numbers on a grid of 2^-12: float32, and short in decimal."""
        return np.round(random.normal(size=shape) * 4096) / 4096

    def case(name, layer, options, build, shape, mode=None, ids=None, offset=0):
        """Records one case; `build` makes the Keras layers that are the same as ours.

        With a mode, state is recorded too; with ids, the input is integers below that number.
        """
        x = numbers(shape) + offset if ids is None else random.integers(0, ids, shape)
        stack = build()
        dtype = 'float64' if ids is None else 'int32'
        model = keras.Sequential([layers.Input(shape[1:], batch_size=shape[0], dtype=dtype), *stack])
        for variable in model.trainable_variables:
            variable.assign(numbers(variable.shape))
        for variable in model.non_trainable_variables if mode else []:
            variable.assign(np.abs(numbers(variable.shape)) + offset)
        values = [v.value for v in model.trainable_variables]
        states = [v.value for v in model.non_trainable_variables]
        cotangent = numbers(model.output_shape)

        def loss(values, x):
            output, after = model.stateless_call(values, states, x, training=mode == 'train')
            return jnp.sum(output * cotangent), (output, after)

        wanted = (0, 1) if ids is None else (0,)
        gradients, (output, after) = jax.grad(loss, argnums=wanted, has_aux=True)(values, jnp.asarray(x))
        names = [camel(v.name) for v in model.trainable_variables]
        recorded = {
            'name': name,
            'layer': layer,
            'arguments': options,
            'input': stored(x),
            'variables': {n: stored(v) for n, v in zip(names, values)},
            'cotangent': stored(cotangent),
            'output': stored(output),
        }
        if ids is None:
            recorded['inputGradient'] = stored(gradients[1])
        recorded['gradients'] = {n: stored(g) for n, g in zip(names, gradients[0])}
        if mode:
            names = [camel(v.name) for v in model.non_trainable_variables]
            recorded['mode'] = mode
            recorded['state'] = {n: stored(v) for n, v in zip(names, states)}
            recorded['nextState'] = {n: stored(v) for n, v in zip(names, after)}
        return recorded

    return case

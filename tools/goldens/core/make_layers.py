"""Writes packages/core/test/vectors/layers.json: outputs and gradients of layers by Keras on JAX, in float64.

Run from anywhere, with keras, jax and numpy installed:

    python tools/goldens/core/make_layers.py

Every case is a layer, an input, its variables and a cotangent; the gradients are those of the sum of output times
cotangent. Inputs, variables and cotangents are float32 numbers; outputs and gradients are computed in float64.
"""

from layer_cases import keras, recorder
from keras import layers

import jax.numpy as jnp

from common import write

SEED = 20240601

case = recorder(SEED)

# Keras has no step, and its tanh on JAX computes in float32.
FUNCTIONS = {
    'step': lambda x: jnp.where(x >= 0, 1.0, -1.0),
    'tanh': jnp.tanh,
    'leakyRelu': lambda x: keras.activations.leaky_relu(x, negative_slope=0.3),
    'gelu': lambda x: keras.activations.gelu(x, approximate=False),
}
KERAS = ['linear', 'sigmoid', 'relu', 'elu', 'softplus', 'softmax']
ACTIVATIONS = {name: getattr(keras.activations, name) for name in KERAS} | FUNCTIONS


def without_batch(recorded):
    """Keras wants a batch; ours may go without."""
    for name in ['input', 'cotangent', 'output', 'inputGradient']:
        recorded[name]['shape'] = recorded[name]['shape'][1:]
    return recorded


def dense_cases():
    for rank, shape in [(1, (1, 5)), (2, (4, 5)), (3, (2, 3, 5)), (4, (2, 1, 3, 2))]:
        recorded = case(f'dense of rank {rank}', 'dense', [3], lambda: [layers.Dense(3)], shape)
        yield without_batch(recorded) if rank == 1 else recorded
    yield case(
        'dense without bias', 'dense', [2, {'useBias': False}],
        lambda: [layers.Dense(2, use_bias=False)], (3, 4),
    )  # fmt: skip
    for name, function in ACTIVATIONS.items():
        yield case(
            f'dense with {name}', 'dense', [4, {'activation': name}],
            lambda: [layers.Dense(4, activation=function)], (3, 5),
        )  # fmt: skip


# filters, kernel, strides, padding, dilations, groups, activation, input
CONVOLUTIONS = [
    (3, [3, 3], [1, 1], 'valid', [1, 1], 1, 'linear', (2, 6, 5, 2)),
    (3, [3, 2], [1, 1], 'same', [1, 1], 1, 'relu', (2, 5, 6, 2)),
    (2, [3, 3], [2, 2], 'same', [1, 1], 1, 'linear', (1, 7, 6, 3)),
    (2, [2, 3], [2, 1], 'valid', [1, 1], 1, 'tanh', (2, 7, 5, 1)),
    (2, [3, 3], [1, 1], 'valid', [2, 1], 1, 'linear', (1, 8, 6, 2)),
    (2, [3, 3], [1, 1], 'same', [2, 2], 1, 'linear', (1, 6, 7, 2)),
    (4, [3, 3], [1, 1], 'valid', [1, 1], 2, 'linear', (2, 5, 5, 4)),
    (4, [2, 2], [2, 2], 'same', [1, 1], 4, 'sigmoid', (1, 5, 5, 4)),
    (2, [3, 3], [2, 1], [[1, 0], [2, 1]], [1, 1], 1, 'linear', (2, 5, 4, 2)),
    (3, [1, 1], [1, 1], 'valid', [1, 1], 1, 'softmax', (2, 3, 3, 2)),
]


def convolution_cases():
    for filters, size, strides, padding, dilations, groups, activation, shape in CONVOLUTIONS:
        explicit = not isinstance(padding, str)

        def build():
            pad = [layers.ZeroPadding2D(padding)] if explicit else []
            return pad + [
                layers.Conv2D(
                    filters,
                    size,
                    strides=strides,
                    padding='valid' if explicit else padding,
                    dilation_rate=dilations,
                    groups=groups,
                    activation=ACTIVATIONS[activation],
                )
            ]

        options = {
            'kernelSize': size,
            'strides': strides,
            'padding': padding,
            'dilations': dilations,
            'groups': groups,
            'activation': activation,
        }
        name = f'conv2d {size} of {shape}, strides {strides}, padding {padding}, dilations {dilations}, groups {groups}'
        yield case(name, 'conv2d', [filters, options], build, shape)
    without = {'kernelSize': 2, 'useBias': False}
    yield case(
        'conv2d without bias', 'conv2d', [2, without],
        lambda: [layers.Conv2D(2, 2, use_bias=False)], (1, 3, 3, 1),
    )  # fmt: skip


# size, strides, padding, input
POOLINGS = [
    (2, None, 'valid', (2, 4, 6, 3)),
    (2, None, 'valid', (1, 5, 5, 2)),
    (3, 2, 'same', (2, 5, 6, 2)),
    (3, 1, 'same', (1, 4, 5, 1)),
    ([2, 3], [1, 2], 'valid', (1, 5, 7, 2)),
    (3, None, 'same', (1, 7, 8, 1)),
]


def pooling_cases():
    for name, layer in [('maxPool2d', layers.MaxPooling2D), ('averagePool2d', layers.AveragePooling2D)]:
        for size, strides, padding, shape in POOLINGS:
            options = {'padding': padding} | ({} if strides is None else {'strides': strides})
            yield case(
                f'{name} {size} of {shape}, strides {strides}, padding {padding}', name, [size, options],
                lambda: [layer(size, strides=strides, padding=padding)], shape,
            )  # fmt: skip


def other_cases():
    yield case('flatten', 'flatten', [], lambda: [layers.Flatten()], (2, 3, 4, 2))
    yield case('flatten of a vector', 'flatten', [], lambda: [layers.Reshape((1,))], (3, 1))
    for name, function in ACTIVATIONS.items():
        yield case(
            f'activation {name}', 'activation', [name], lambda: [layers.Activation(function)], (3, 4)
        )


def main():
    cases = [*dense_cases(), *convolution_cases(), *pooling_cases(), *other_cases()]
    write(__file__, ['keras', 'jax', 'jaxlib', 'numpy'], {'seed': SEED, 'cases': cases})


main()

"""Writes packages/core/test/vectors/images.json: layers that resize and pool images by Keras on JAX, in float64.

Run from anywhere, with keras, jax and numpy installed:

    python tools/goldens/core/make_images.py

See layer_cases.py for what a case is.
"""

from layer_cases import recorder
from keras import layers

from common import write

SEED = 20240604

case = recorder(SEED)

# filters, kernel, strides, padding, activation, input
TRANSPOSED = [
    (3, [3, 3], [1, 1], 'valid', 'linear', (2, 4, 3, 2)),
    (2, [3, 2], [2, 2], 'valid', 'linear', (2, 3, 4, 1)),
    (2, [3, 3], [2, 2], 'same', 'relu', (2, 3, 4, 3)),
    (1, [4, 5], [2, 3], 'same', 'linear', (1, 3, 2, 2)),
    (2, [5, 4], [1, 1], 'same', 'linear', (1, 4, 5, 2)),
    (2, [2, 1], [3, 2], 'valid', 'sigmoid', (1, 3, 2, 2)),
    (2, [2, 1], [3, 2], 'same', 'linear', (2, 2, 3, 1)),
    (3, [1, 1], [1, 1], 'valid', 'linear', (1, 2, 2, 3)),
]


def transposed_cases():
    for filters, size, strides, padding, activation, shape in TRANSPOSED:
        options = {'kernelSize': size, 'strides': strides, 'padding': padding, 'activation': activation}
        name = f'conv2dTranspose {size} of {shape}, strides {strides}, padding {padding}'

        def build():
            return [
                layers.Conv2DTranspose(
                    filters, size, strides=strides, padding=padding, activation=activation
                )
            ]

        yield case(name, 'conv2dTranspose', [filters, options], build, shape)
    without = {'kernelSize': 2, 'strides': 2, 'useBias': False}
    yield case(
        'conv2dTranspose without bias', 'conv2dTranspose', [2, without],
        lambda: [layers.Conv2DTranspose(2, 2, strides=2, use_bias=False)], (1, 2, 3, 1),
    )  # fmt: skip


def other_cases():
    for size in [2, [1, 3], [3, 2]]:
        for interpolation in ['nearest', 'bilinear']:
            yield case(
                f'upSampling2d {size}, {interpolation}', 'upSampling2d',
                [size, {'interpolation': interpolation}],
                lambda: [layers.UpSampling2D(size, interpolation=interpolation)], (2, 3, 4, 2),
            )  # fmt: skip
    for keep in [False, True]:
        for layer, keras in [
            ('globalAveragePooling2d', layers.GlobalAveragePooling2D),
            ('globalMaxPooling2d', layers.GlobalMaxPooling2D),
        ]:
            yield case(
                f'{layer}, keepDims {keep}', layer, [{'keepDims': keep}],
                lambda: [keras(keepdims=keep)], (2, 3, 5, 2),
            )  # fmt: skip
    for padding in [2, [1, 0], [[1, 0], [2, 3]]]:
        yield case(
            f'zeroPadding2d {padding}', 'zeroPadding2d', [padding],
            lambda: [layers.ZeroPadding2D(padding)], (2, 3, 4, 2),
        )  # fmt: skip
    for target in [[6, 2], [2, -1], [-1], [3, 2, 2]]:
        yield case(
            f'reshapeTo {target}', 'reshapeTo', [target], lambda: [layers.Reshape(target)], (2, 3, 4)
        )
    for slope in [0.25, 0.0, 1.5]:
        yield case(
            f'leakyReluLayer {slope}', 'leakyReluLayer', [{'negativeSlope': slope}],
            lambda: [layers.LeakyReLU(negative_slope=slope)], (3, 4),
        )  # fmt: skip
    yield case('leakyReluLayer', 'leakyReluLayer', [], lambda: [layers.LeakyReLU()], (3, 4))


def main():
    cases = [*transposed_cases(), *other_cases()]
    write(__file__, ['keras', 'jax', 'jaxlib', 'numpy'], {'seed': SEED, 'cases': cases})


main()

"""Writes packages/core/test/vectors/normalizations.json: normalizing layers and embeddings by Keras on JAX, in float64.

Run from anywhere, with keras, jax and numpy installed:

    python tools/goldens/core/make_normalizations.py

See layer_cases.py for what a case is. But for those of the defaults, epsilon and momentum are float32 numbers.
"""

from layer_cases import recorder
from keras import layers

from common import write

SEED = 20240603

case = recorder(SEED)
EPSILON = 2.0**-10

# our options, Keras's, input
LAYER_NORMALIZATIONS = [
    ({}, {}, (3, 5)),
    ({'epsilon': EPSILON}, {'epsilon': EPSILON}, (2, 3, 4)),
    ({'epsilon': EPSILON, 'axis': 1}, {'epsilon': EPSILON, 'axis': 1}, (2, 3, 4)),
    ({'epsilon': EPSILON, 'axis': [-1, -2]}, {'epsilon': EPSILON, 'axis': [-1, -2]}, (2, 3, 4)),
    ({'epsilon': EPSILON, 'axis': [1, 3]}, {'epsilon': EPSILON, 'axis': [1, 3]}, (2, 3, 2, 4)),
    ({'epsilon': EPSILON, 'scale': False}, {'epsilon': EPSILON, 'scale': False}, (3, 4)),
    ({'epsilon': EPSILON, 'center': False}, {'epsilon': EPSILON, 'center': False}, (3, 4)),
    (
        {'epsilon': 0.5, 'scale': False, 'center': False},
        {'epsilon': 0.5, 'scale': False, 'center': False},
        (3, 1),
    ),
]
BATCH_NORMALIZATIONS = [
    ({}, {}, (4, 3)),
    ({'epsilon': EPSILON, 'momentum': 0.75}, {'epsilon': EPSILON, 'momentum': 0.75}, (2, 3, 2, 3)),
    (
        {'epsilon': EPSILON, 'momentum': 0.5, 'axis': 1},
        {'epsilon': EPSILON, 'momentum': 0.5, 'axis': 1},
        (2, 3, 2, 4),
    ),
    (
        {'epsilon': EPSILON, 'momentum': 0.75, 'scale': False},
        {'epsilon': EPSILON, 'momentum': 0.75, 'scale': False},
        (5, 2),
    ),
    (
        {'epsilon': EPSILON, 'momentum': 0.75, 'center': False},
        {'epsilon': EPSILON, 'momentum': 0.75, 'center': False},
        (5, 3, 2),
    ),
    ({'epsilon': EPSILON, 'momentum': 0.75}, {'epsilon': EPSILON, 'momentum': 0.75}, (1, 3)),
]


def main():
    cases = []
    for ours, keras_, shape in LAYER_NORMALIZATIONS:
        name = f'layerNormalization {ours} of {shape}'
        cases.append(
            case(name, 'layerNormalization', [ours], lambda: [layers.LayerNormalization(**keras_)], shape)
        )
    for mode in ['train', 'infer']:
        for ours, keras_, shape in BATCH_NORMALIZATIONS:
            name = f'batchNormalization {ours} of {shape}, {mode}'
            cases.append(
                case(
                    name, 'batchNormalization', [ours], lambda: [layers.BatchNormalization(**keras_)],
                    shape, mode=mode,
                )
            )  # fmt: skip
    far = {'epsilon': EPSILON, 'momentum': 0.75}
    cases.append(
        case(
            'layerNormalization far from 0', 'layerNormalization', [{'epsilon': EPSILON}],
            lambda: [layers.LayerNormalization(epsilon=EPSILON)], (2, 6), offset=2048,
        )
    )  # fmt: skip
    cases.append(
        case(
            'batchNormalization far from 0', 'batchNormalization', [far],
            lambda: [layers.BatchNormalization(**far)], (6, 2), mode='train', offset=2048,
        )
    )  # fmt: skip
    for shape in [(5,), (2, 4), (2, 2, 3), (3, 12)]:
        cases.append(
            case(
                f'embedding of {shape}', 'embedding', [4, 3], lambda: [layers.Embedding(4, 3)], shape, ids=4,
            )
        )  # fmt: skip
    write(__file__, ['keras', 'jax', 'jaxlib', 'numpy'], {'seed': SEED, 'cases': cases})


main()

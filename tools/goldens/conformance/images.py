"""Golden cases of convolution, pooling and their gradient operators."""

import math

from golden import case
from tensors import coarse, distinct, floats, uniform

NAN, INF = math.nan, math.inf

# image, filter, strides, padding, dilations, groups
CONVOLUTIONS = {
    'basic': ((1, 4, 5, 2), (3, 2, 2, 3), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    'one-by-one': ((2, 3, 2, 3), (1, 1, 3, 2), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    'whole-image': ((1, 3, 3, 2), (3, 3, 2, 1), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    'same-padding': ((1, 4, 4, 1), (3, 3, 1, 2), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    'same-padding-stride-2': ((1, 5, 6, 1), (3, 3, 1, 2), (2, 2), ((1, 1), (0, 1)), (1, 1), 1),
    'asymmetric-padding': ((1, 3, 4, 2), (2, 3, 2, 2), (1, 1), ((0, 1), (2, 0)), (1, 1), 1),
    'large-padding': ((1, 2, 2, 1), (3, 3, 1, 1), (1, 1), ((3, 3), (3, 3)), (1, 1), 1),
    'stride-2-1': ((1, 5, 5, 1), (2, 3, 1, 2), (2, 1), ((0, 0), (0, 0)), (1, 1), 1),
    'stride-1-3': ((1, 4, 7, 2), (2, 2, 2, 1), (1, 3), ((0, 0), (0, 0)), (1, 1), 1),
    'stride-leaves-rest': ((1, 6, 6, 1), (3, 3, 1, 1), (2, 2), ((0, 0), (0, 0)), (1, 1), 1),
    'stride-above-filter': ((1, 7, 7, 1), (2, 2, 1, 1), (3, 3), ((0, 0), (0, 0)), (1, 1), 1),
    'dilation-2': ((1, 6, 6, 1), (2, 3, 1, 2), (1, 1), ((0, 0), (0, 0)), (2, 2), 1),
    'dilation-3-1': ((1, 7, 4, 2), (3, 2, 2, 1), (1, 1), ((1, 1), (0, 0)), (3, 1), 1),
    'stride-and-dilation': ((1, 8, 7, 1), (2, 2, 1, 2), (2, 2), ((1, 0), (0, 1)), (2, 3), 1),
    'groups-2': ((1, 4, 4, 4), (2, 2, 2, 6), (1, 1), ((0, 0), (0, 0)), (1, 1), 2),
    'depthwise': ((2, 3, 3, 3), (2, 2, 1, 3), (1, 1), ((0, 0), (0, 0)), (1, 1), 3),
    'depthwise-multiplier': ((1, 3, 4, 2), (2, 2, 1, 4), (1, 1), ((1, 0), (0, 1)), (1, 1), 2),
    'groups-stride-dilation': ((1, 6, 6, 2), (2, 2, 1, 2), (2, 1), ((1, 1), (0, 0)), (2, 1), 2),
    'batch-3': ((3, 3, 3, 2), (2, 2, 2, 2), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
}
IN_GRADIENTS = ['basic', 'same-padding-stride-2', 'asymmetric-padding', 'stride-leaves-rest', 'stride-above-filter',
                'stride-and-dilation', 'groups-stride-dilation', 'depthwise-multiplier', 'batch-3']


def output_shape(image, window, strides, padding, dilations, channels):
    sizes = [
        (size + sum(pads) - ((taps - 1) * dilation + 1)) // stride + 1
        for size, taps, stride, pads, dilation in zip(image[1:3], window, strides, padding, dilations)
    ]
    return (image[0], *sizes, channels)


def add_convolutions():
    for name, (image, filter, strides, padding, dilations, groups) in CONVOLUTIONS.items():
        attributes = dict(strides=strides, padding=padding, dilations=dilations, groups=groups)
        case('conv2d', name, uniform(image), uniform(filter), second=name in IN_GRADIENTS[:3], **attributes)
        if name not in IN_GRADIENTS:
            continue
        dy = uniform(output_shape(image, filter[:2], strides, padding, dilations, filter[3]))
        case('conv2dInputGradient', name, dy, uniform(filter), inputSize=image[1:3], **attributes)
        case('conv2dFilterGradient', name, uniform(image), dy, filterSize=filter[:2], **attributes)
    plain = dict(strides=(1, 1), padding=((1, 1), (1, 1)), dilations=(1, 1), groups=1)
    spoilt = floats([[[[1.0], [NAN], [2.0]], [[3.0], [4.0], [INF]], [[5.0], [6.0], [7.0]], [[1.0], [1.0], [1.0]]]])
    filter = floats([[[[1.0]], [[2.0]]], [[[0.5]], [[1.0]]]])
    case('conv2d', 'special', spoilt, filter, special=True, **plain)
    # Without padding, whose zeros times an infinity are a matter of taste; the stride leaves gaps between windows.
    sparse = dict(strides=(2, 2), padding=((0, 0), (0, 0)), dilations=(1, 1), groups=1)
    infinite = floats([[[[1.0]], [[INF]]], [[[NAN]], [[1.0]]]])
    dy = floats([[[[1.0], [NAN]], [[INF], [2.0]]]])
    image = uniform((1, 5, 5, 1), 0.5, 1.5)
    case('conv2d', 'special-filter', image, infinite, special=True, **sparse)
    case('conv2dInputGradient', 'special', dy, filter, inputSize=(5, 5), special=True, **sparse)
    case('conv2dInputGradient', 'special-filter', uniform((1, 2, 2, 1), 0.5, 1.5), infinite, inputSize=(5, 5), special=True,
         **sparse)
    case('conv2dFilterGradient', 'special', image, dy, filterSize=(2, 2), special=True, **sparse)
    holes = floats([[[[x] for x in row] for row in
                     [[1.0, 2.0, NAN, 1.0, INF], [1.0, 1.0, 1.0, 1.0, 1.0], [2.0, 1.0, 1.0, 3.0, 1.0],
                      [1.0, INF, 1.0, 1.0, NAN], [NAN, NAN, NAN, NAN, NAN]]]])
    case('conv2dFilterGradient', 'special-image', holes, uniform((1, 2, 2, 1), 0.5, 1.5), filterSize=(2, 2), special=True,
         **sparse)


# image, windowSize, strides, padding
POOLINGS = {
    'basic': ((1, 4, 4, 2), (2, 2), (2, 2), ((0, 0), (0, 0))),
    'batch-2': ((2, 4, 2, 3), (2, 2), (2, 2), ((0, 0), (0, 0))),
    'not-dividing': ((1, 5, 7, 1), (2, 3), (2, 3), ((0, 0), (0, 0))),
    'overlapping': ((1, 5, 5, 2), (3, 3), (1, 1), ((0, 0), (0, 0))),
    'overlapping-stride-2': ((1, 7, 6, 1), (3, 3), (2, 2), ((0, 0), (0, 0))),
    'gaps': ((1, 7, 7, 1), (2, 2), (3, 3), ((0, 0), (0, 0))),
    'padded': ((1, 4, 4, 2), (3, 3), (2, 2), ((1, 1), (1, 1))),
    'asymmetric-padding': ((1, 4, 5, 1), (3, 2), (1, 2), ((2, 0), (0, 1))),
    'window-1': ((1, 3, 3, 2), (1, 1), (1, 1), ((0, 0), (0, 0))),
    'window-1-stride-2': ((1, 4, 5, 1), (1, 1), (2, 2), ((0, 0), (0, 0))),
    'rows': ((1, 6, 3, 1), (3, 1), (2, 1), ((0, 0), (0, 0))),
    'whole-image': ((2, 3, 4, 2), (3, 4), (1, 1), ((0, 0), (0, 0))),
}


def add_poolings():
    for name, (image, window, strides, padding) in POOLINGS.items():
        attributes = dict(windowSize=window, strides=strides, padding=padding)
        dy = uniform(output_shape(image, window, strides, padding, (1, 1), image[3]))
        case('averagePool2d', name, uniform(image), **attributes, second=name == 'padded')
        case('averagePool2dGradient', name, dy, inputSize=image[1:3], **attributes)
        case('maxPool2d', name, distinct(image), **attributes, second=name in ('basic', 'overlapping', 'padded'))
        case('maxPool2dGradient', name, distinct(image), dy, **attributes)
        case('maxPool2dSelect', name, distinct(image), uniform(image), **attributes)
    for name in ['basic', 'overlapping', 'overlapping-stride-2', 'padded']:
        image, window, strides, padding = POOLINGS[name]
        attributes = dict(windowSize=window, strides=strides, padding=padding)
        dy = uniform(output_shape(image, window, strides, padding, (1, 1), image[3]))
        case('maxPool2d', f'ties-{name}', coarse(image, 0, 1), gradient='analytic', **attributes)
        case('maxPool2dGradient', f'ties-{name}', coarse(image, 0, 1), dy, gradient='analytic', **attributes)
        case('maxPool2dSelect', f'ties-{name}', coarse(image, 0, 1), uniform(image), gradient='analytic', **attributes)
    negative = dict(windowSize=(2, 2), strides=(2, 2), padding=((1, 1), (1, 1)))
    case('maxPool2d', 'padding-is-not-zero', uniform((1, 2, 2, 1), -3, -1), **negative)
    case('averagePool2d', 'padding-not-counted', uniform((1, 2, 2, 1), 1, 3), **negative)
    add_special_poolings()


def add_special_poolings():
    rows = [[1.0, NAN, 3.0, -INF], [2.0, 4.0, -INF, -INF], [INF, 1.0, 5.0, NAN], [0.0, 2.0, NAN, 6.0]]
    image = floats([[[[x] for x in row] for row in rows]])
    attributes = dict(windowSize=(2, 2), strides=(2, 2), padding=((0, 0), (0, 0)))
    overlapping = dict(windowSize=(2, 2), strides=(1, 1), padding=((0, 0), (0, 0)))
    case('averagePool2d', 'special', image, special=True, **attributes)
    case('averagePool2dGradient', 'special', floats([[[[1.0], [NAN]], [[INF], [2.0]]]]), inputSize=(5, 5), special=True,
         **attributes)
    case('maxPool2d', 'special', image, special=True, **attributes)
    case('maxPool2d', 'special-overlapping', image, special=True, **overlapping)
    case('maxPool2dGradient', 'special', image, uniform((1, 2, 2, 1)), special=True, **attributes)
    case('maxPool2dSelect', 'special', image, uniform((1, 4, 4, 1)), special=True, **attributes)


def add_cases():
    add_convolutions()
    add_poolings()

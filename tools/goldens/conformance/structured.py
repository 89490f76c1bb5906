"""Golden cases of reductions, products, movement and look-ups."""

import math

from golden import case
from tensors import bytes_, coarse, distinct, flags, floats, integers, ints, uniform

NAN, INF = math.nan, math.inf
MINIMUM, MAXIMUM = -(2**31), 2**31 - 1


def add_reductions():
    axes = {'all': [0, 1, 2], 'none': [], 'first': [0], 'middle': [1], 'last': [2], 'outer': [0, 2]}
    for operator in ['reduceSum', 'reduceMean', 'reduceMax', 'reduceMin']:
        smooth = operator in ('reduceSum', 'reduceMean')
        data = uniform if smooth else distinct
        for name, reduced in axes.items():
            case(operator, f'{name}-axes', data((2, 3, 4)), axes=reduced, keepDims=False)
        case(operator, 'keep-all', data((2, 3, 4)), axes=[0, 1, 2], keepDims=True)
        case(operator, 'keep-middle', data((2, 3, 4)), axes=[1], keepDims=True)
        case(operator, 'scalar', uniform(()), axes=[], keepDims=False)
        case(operator, 'rank-5', data((2, 1, 3, 1, 2)), axes=[0, 2, 4], keepDims=False)
        case(operator, 'size-1', data((1, 1)), axes=[1], keepDims=False)
        case(operator, 'special', floats([[1.0, NAN, 2.0], [NAN, 1.0, 2.0], [1.0, 2.0, NAN], [INF, 1.0, 2.0],
                                          [-INF, 1.0, INF], [-INF, -INF, 3.0]]), axes=[1], keepDims=False, special=True)
        case(operator, 'special-columns', floats([[1.0, NAN, 2.0], [NAN, 1.0, INF]]), axes=[0], keepDims=False,
             special=True)
        if not smooth:
            case(operator, 'ties', coarse((5, 6), 0, 2), axes=[1], keepDims=False, gradient='analytic')
            case(operator, 'all-equal', coarse((2, 3), 1, 1), axes=[0, 1], keepDims=False, gradient='analytic')
        if operator != 'reduceMean':
            case(operator, 'int32', integers((3, 4)), axes=[1], keepDims=False)
            case(operator, 'int32-extremes', ints([[MAXIMUM, 1, 5], [MINIMUM, -1, 3]]), axes=[1], keepDims=True)
    case('reduceSum', 'cancels', floats([1e8, 1.0, -1e8, 1.0]), axes=[0], keepDims=False, gradient='analytic')
    for operator in ['argMax', 'argMin']:
        case(operator, 'last-axis', distinct((3, 5)), axis=1, keepDims=False)
        case(operator, 'first-axis', distinct((3, 5)), axis=0, keepDims=False)
        case(operator, 'keep', distinct((2, 3, 4)), axis=1, keepDims=True)
        case(operator, 'vector', distinct((7,)), axis=0, keepDims=False)
        case(operator, 'ties', coarse((6, 7), 0, 1), axis=1, keepDims=False)
        case(operator, 'ties-first-axis', coarse((6, 7), 0, 1), axis=0, keepDims=False)
        case(operator, 'int32', ints([[5, MAXIMUM, MINIMUM], [MINIMUM, 0, MAXIMUM]]), axis=1, keepDims=False)
        case(operator, 'int32-ties', integers((4, 6), 0, 1), axis=1, keepDims=False)
        case(operator, 'special', floats([[1.0, NAN, 9.0], [NAN, 1.0, NAN], [1.0, 2.0, NAN], [INF, -INF, 0.0],
                                          [0.0, INF, INF], [-INF, -INF, 0.0]]), axis=1, keepDims=False, special=True)
        case(operator, 'zeros', floats([0.0, -0.0, 0.0]), axis=0, keepDims=False)


def add_products():
    shapes = {
        'matrices': ((2, 3), (3, 4)),
        'one-by-one': ((1, 1), (1, 1)),
        'inner': ((1, 5), (5, 1)),
        'outer': ((4, 1), (1, 3)),
        'square': ((3, 3), (3, 3)),
        'batched': ((2, 2, 3), (2, 3, 2)),
        'batched-broadcast-left': ((2, 3), (2, 3, 4)),
        'batched-broadcast-right': ((2, 2, 3), (3, 4)),
        'batched-stretch': ((2, 1, 2, 3), (1, 3, 3, 2)),
        'rank-5': ((2, 1, 2, 2, 3), (2, 2, 3, 2)),
        'row-vector': ((1, 3), (3, 4)),
    }
    for name, (left, right) in shapes.items():
        case('matmul', name, uniform(left), uniform(right), second=name in ('matrices', 'batched-broadcast-right'))
    case('matmul', 'special', floats([[NAN, 0.0], [INF, 1.0], [1.0, 2.0]]), floats([[1.0, 0.0], [2.0, 1.0]]),
         special=True)
    case('matmul', 'cancels', floats([[1e4, 1.0, -1e4]]), floats([[1e4, 1.0], [1.0, 3.0], [1e4, 1.0]]))


def add_movements():
    draws = {'float32': uniform, 'int32': integers, 'bool': lambda shape: flags(shape), 'uint8': bytes_}
    for name, draw in draws.items():
        case('identity', name, draw((2, 3)))
        case('reshape', name, draw((2, 6)), shape=[3, 4])
        case('transpose', name, draw((2, 3, 4)), permutation=[2, 0, 1])
        case('expand', name, draw((3, 1)), shape=[2, 3, 4])
        case('concat', name, draw((2, 3)), draw((2, 2)), axis=1)
        case('slice', name, draw((4, 5)), starts=[1, 0], sizes=[2, 3], strides=[1, 2])
        case('gather', name, draw((4, 3)), ints([3, 0, 3]), axis=0)
    for name, draw in draws.items():
        value = 1 if name in ('bool', 'uint8') else -7
        case('pad', name, draw((2, 3)), before=[1, 0], after=[0, 2], value=value)
    case('identity', 'special', floats([NAN, INF, -INF, -0.0]), special=True)
    spoilt = [[NAN, 1.0, INF], [-INF, -0.0, 2.0]]
    case('reshape', 'special', floats(spoilt), special=True, shape=[6])
    case('transpose', 'special', floats(spoilt), special=True, permutation=[1, 0])
    case('expand', 'special', floats([[NAN], [INF]]), special=True, shape=[2, 3])
    case('concat', 'special', floats(spoilt), floats([[NAN], [3.0]]), special=True, axis=1)
    case('slice', 'special', floats(spoilt), special=True, starts=[0, 0], sizes=[2, 2], strides=[1, 2])
    case('pad', 'special', floats(spoilt), special=True, before=[1, 0], after=[0, 1], value=0)
    for name, before, after in [('flatten', (2, 3, 2), [12]), ('to-scalar', (1, 1), []), ('from-scalar', (), [1, 1, 1]),
                                ('rank-6', (4, 6), [2, 1, 2, 3, 1, 2])]:
        case('reshape', name, uniform(before), shape=after)
    for name, shape, permutation in [('matrix', (2, 3), [1, 0]), ('same', (2, 3), [0, 1]), ('scalar', (), []),
                                     ('nhwc-to-nchw', (2, 3, 4, 2), [0, 3, 1, 2]),
                                     ('rank-5', (2, 3, 1, 2, 2), [4, 2, 0, 3, 1])]:
        case('transpose', name, uniform(shape), permutation=permutation)
    for name, before, after in [('row', (4,), [3, 4]), ('scalar', (), [2, 3]), ('both', (2, 1, 3, 1), [2, 4, 3, 2])]:
        case('expand', name, uniform(before), shape=after)
    case('concat', 'first-axis', uniform((1, 2)), uniform((3, 2)), uniform((2, 2)), axis=0)
    case('concat', 'one-operand', uniform((2, 2)), axis=0)
    case('concat', 'rank-4', uniform((1, 2, 2, 3)), uniform((1, 2, 2, 1)), axis=3)
    case('concat', 'five-operands', *[uniform((2,)) for _ in range(5)], axis=0)
    case('slice', 'strides', uniform((7, 6)), starts=[0, 1], sizes=[3, 2], strides=[3, 2])
    case('slice', 'to-the-end', uniform((5,)), starts=[2], sizes=[3], strides=[1])
    case('slice', 'one-element', uniform((3, 3)), starts=[2, 1], sizes=[1, 1], strides=[1, 1])
    case('slice', 'stride-past-end', uniform((6,)), starts=[1], sizes=[2], strides=[4])
    case('slice', 'scalar', uniform(()), starts=[], sizes=[], strides=[])
    case('pad', 'image', uniform((1, 2, 3, 2)), before=[0, 1, 0, 0], after=[0, 0, 2, 0], value=0)
    case('pad', 'before-only', uniform((3,)), before=[2], after=[0], value=0.5)
    case('pad', 'both-axes', uniform((2, 2)), before=[1, 2], after=[2, 1], value=-1)


def add_look_ups():
    case('gather', 'last-axis', uniform((2, 4)), ints([3, 1]), axis=1)
    case('gather', 'middle-axis', uniform((2, 3, 2)), ints([[0, 2], [2, 2]]), axis=1)
    case('gather', 'scalar-index', uniform((3, 2)), ints(1), axis=0)
    case('gather', 'duplicates', uniform((3, 2)), ints([1, 1, 1, 0]), axis=0, second=True)
    case('gather', 'index-matrix', uniform((5,)), ints([[0, 4], [2, 2], [4, 1]]), axis=0)
    case('gather', 'special', floats([[NAN, 1.0], [2.0, INF], [3.0, 4.0]]), ints([2, 0, 1, 2]), axis=0, special=True)
    # a spoilt slice must not reach others, as it would in a product with one-hot rows
    case('scatterAdd', 'special', ints([0, 2, 2, 3]), floats([[1.0, NAN], [INF, 2.0], [-INF, 3.0], [INF, INF]]), size=5,
         special=True)
    case('scatterAdd', 'distinct', ints([2, 0, 3]), uniform((3, 2)), size=5)
    case('scatterAdd', 'duplicates', ints([1, 1, 0, 1]), uniform((4, 3)), size=3, second=True)
    case('scatterAdd', 'index-matrix', ints([[0, 2], [2, 2]]), uniform((2, 2, 3)), size=4)
    case('scatterAdd', 'scalar-index', ints(2), uniform((3,)), size=4)
    case('scatterAdd', 'vector', ints([0, 1, 0, 1, 0]), uniform((5,)), size=2)


def add_cases():
    add_reductions()
    add_products()
    add_movements()
    add_look_ups()

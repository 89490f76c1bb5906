"""Golden cases of operators that work element by element."""

import math

from golden import case
from tensors import (
    away_from_zero, bools, bytes_, coarse, distinct, flags, floats, integers, ints, uniform,
)

NAN, INF = math.nan, math.inf
MINIMUM, MAXIMUM = -(2**31), 2**31 - 1
SPECIAL = [NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 3e38, -3e38]
POSITIVE = [1e-30, 1e-6, 0.001, 0.1, 0.25, 0.5, 0.9, 0.999, 1.0, 1.001, 1.5, 2.0, 3.0, 4.0, 7.5, 10.0, 99.0, 1000.0,
            65536.0, 1e10, 1e30]
REAL = [-20.0, -9.5, -5.0, -3.0, -1.75, -1.0, -0.6, -0.25, -0.01, -1e-4, 1e-4, 0.01, 0.3, 0.75, 1.0, 1.6, 2.5, 4.0,
        8.5, 15.0]
ANGLES = [-100.0, -10.0, -6.3, -3.15, -1.6, -0.5, -0.01, 0.0, 1e-4, 0.3, 0.785, 1.57, 2.0, 3.14, 4.7, 6.28, 12.0, 50.0,
          1000.0]
FRACTIONS = [-2.75, -2.5, -2.25, -1.5, -1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.25, 2.5, 2.75, 3.5,
             8388607.5, -8388607.5, 16777216.0]
EXPONENTS = [-87.0, -50.0, -20.0, -10.0, -5.0, -2.0, -1.0, -0.5, -0.1, -1e-4, 0.0, 1e-4, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0,
             20.0, 50.0, 88.0]


def add_unary():
    values = {
        'abs': REAL, 'neg': REAL, 'sign': [*REAL, 0.0], 'reciprocal': [*REAL, *POSITIVE[3:-2]],
        'sqrt': POSITIVE, 'exp': EXPONENTS, 'log': POSITIVE, 'sin': ANGLES, 'cos': ANGLES,
        'tanh': REAL, 'erf': REAL, 'sigmoid': [*REAL, -17.0, -18.5, -30.0, -80.0, 30.0],
        'relu': REAL, 'floor': FRACTIONS, 'ceil': FRACTIONS, 'roundEven': FRACTIONS,
        'softplus': [*REAL, -80.0, 80.0], 'gelu': REAL, 'step': [*REAL, 0.0],
    }
    positive = {'sqrt', 'log'}
    extreme = {'sqrt', 'log', 'reciprocal', 'sin', 'cos'}
    second = {'exp', 'log', 'sqrt', 'reciprocal', 'sin', 'cos', 'tanh', 'erf', 'sigmoid', 'softplus', 'gelu'}
    for operator, points in values.items():
        case(operator, 'values', floats(points), gradient='analytic' if operator in extreme else None)
        matrix = uniform((3, 5), 0.3, 3.0) if operator in positive else away_from_zero((3, 5))
        if operator == 'gelu':
            # its curvature vanishes at √2, where the float32 constants of the gradient would show
            matrix = away_from_zero((3, 5), 0.2, 1.2)
        case(operator, 'matrix', matrix, second=operator in second)
        # far below zero gelu is a product of a huge number and what rounding leaves of nothing
        points = SPECIAL[:7] if operator == 'gelu' else SPECIAL
        case(operator, 'special', floats(points), special=True)
    for operator in ['abs', 'neg', 'sign']:
        case(operator, 'int32', ints([0, 1, -1, 7, -7, MAXIMUM, MINIMUM, 65536, -65537]))
    for operator in ['abs', 'relu']:
        case(operator, 'kink', floats([-1.0, 0.0, 2.0]), gradient='analytic')
    for alpha in [1.0, 0.5]:
        case('elu', f'alpha-{alpha}', floats(REAL), alpha=alpha, second=True)
        case('elu', f'special-{alpha}', floats(SPECIAL), alpha=alpha, special=True)
    case('elu', 'kink', floats([-1.0, 0.0, 2.0]), alpha=1.0, gradient='analytic')
    for alpha in [0.3, 0.01, 0.0]:
        case('leakyRelu', f'alpha-{alpha}', floats(REAL), alpha=alpha)
    # 0 times an infinity is NaN whichever branch is taken: the slope of the special case is not 0
    case('leakyRelu', 'special', floats(SPECIAL), alpha=0.3, special=True)
    case('leakyRelu', 'kink', floats([-1.0, 0.0, 2.0]), alpha=0.3, gradient='analytic')
    case('isNaN', 'values', floats(REAL))
    case('isNaN', 'special', floats(SPECIAL), special=True)
    case('isNaN', 'matrix', floats([[NAN, 1.0], [INF, NAN]]), special=True)


SHAPES = {
    'same': ((2, 3), (2, 3)),
    'row': ((2, 3), (3,)),
    'column': ((2, 3), (2, 1)),
    'outer': ((4, 1), (1, 3)),
    'scalar-left': ((), (2, 2)),
    'scalar-right': ((2, 2), ()),
    'scalars': ((), ()),
    'middle': ((2, 1, 4), (3, 1)),
    'rank-5': ((2, 1, 2, 1, 3), (3, 1, 2, 1)),
}


def add_binary():
    for operator in ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow']:
        for name, (left, right) in SHAPES.items():
            a = uniform(left, 0.3, 3.0) if operator == 'pow' else away_from_zero(left)
            b = away_from_zero(right)
            case(operator, name, a, b, second=name in ('same', 'row') and operator not in ('max', 'min'))
        if operator != 'pow':
            a = ints([7, -7, 7, -7, 0, 100, MAXIMUM, MINIMUM, 123456])
            b = ints([2, 2, -2, -2, 5, 7, 3, 2, -1000])
            case(operator, 'int32', a, b)
            case(operator, 'int32-broadcast', integers((2, 1, 3)), ints([[3], [-4]]))
    for operator in ['add', 'sub', 'mul']:
        case(operator, 'int32-wraps', ints([MAXIMUM, MINIMUM, MAXIMUM, 65536]), ints([1, 1, MAXIMUM, 65536]))
        case(operator, 'special', floats([NAN, 1.0, INF, INF, -INF, INF, 0.0, 3e38, -0.0]),
             floats([1.0, NAN, 1.0, -INF, -INF, 0.0, -0.0, 3e38, -0.0]), special=True)
    case('div', 'special', floats([NAN, 1.0, 1.0, -1.0, 1.0, 0.0, INF, INF, 1.0, 0.0, 3e38]),
         floats([1.0, NAN, 0.0, 0.0, -0.0, 0.0, INF, 2.0, -INF, 5.0, 0.1]), special=True)
    for operator in ['max', 'min']:
        case(operator, 'ties', coarse((4, 6), -1, 1), coarse((4, 6), -1, 1), gradient='analytic')
        case(operator, 'special', floats([NAN, 1.0, NAN, INF, -INF, 1.0, -1.0]),
             floats([1.0, NAN, NAN, 1.0, 1.0, INF, -INF]), special=True)
    case('pow', 'negative-base', floats([-2.0, -2.0, -0.5, -3.0, -1.0]), floats([3.0, 2.0, -1.0, 0.0, 5.0]),
         gradient='none')
    case('pow', 'large', floats([10.0, 2.0, 1.01, 0.5, 1e-3]), floats([30.0, 100.5, 1000.0, 20.0, 10.0]))
    case('pow', 'squares', floats([-3.0, -1.5, 0.5, 2.0, 7.0]), floats([2.0]), gradient='none')
    case('pow', 'special', floats([NAN, 1.0, NAN, -1.0, 2.0, 0.5, 2.0, 0.0, 0.0, -8.0, INF, -INF, 0.0, -0.0]),
         floats([0.0, NAN, 2.0, INF, INF, INF, -INF, -1.0, 2.0, 0.5, -1.0, 3.0, 0.0, -3.0]), special=True)


def add_comparisons():
    for operator in ['equal', 'notEqual', 'greater', 'greaterOrEqual', 'lesser', 'lesserOrEqual']:
        case(operator, 'float32', coarse((4, 5), -1, 1), coarse((4, 5), -1, 1))
        case(operator, 'neighbours', floats([1.0, 1.0, 16777216.0]), floats([1.0000001, 1.0, 16777214.0]))
        case(operator, 'broadcast', coarse((2, 1, 3), 0, 2), coarse((4, 1), 0, 2))
        case(operator, 'int32', ints([1, 2, 3, MAXIMUM, MINIMUM, 16777217]), ints([1, 3, 2, MINIMUM, MINIMUM, 16777216]))
        case(operator, 'special', floats([NAN, NAN, INF, INF, -INF, 0.0, 1.0]),
             floats([NAN, 1.0, INF, -INF, -INF, -0.0, NAN]), special=True)
    for operator in ['equal', 'notEqual']:
        case(operator, 'bool', bools([True, True, False, False]), bools([True, False, True, False]))
        case(operator, 'uint8', bytes_((3, 4)), bytes_((3, 4)))
    truth = bools([[True, True], [False, False]]), bools([[True, False], [True, False]])
    for operator in ['logicalAnd', 'logicalOr', 'logicalXor']:
        case(operator, 'truth-table', *truth)
        case(operator, 'broadcast', flags((3, 1)), flags((1, 4)))
        case(operator, 'rank-4', flags((2, 3, 1, 2)), flags((3, 2, 1)))
    case('logicalNot', 'truth-table', bools([True, False]))
    case('logicalNot', 'matrix', flags((3, 4)))
    case('logicalNot', 'scalar', bools(True))


def add_choices():
    case('where', 'float32', flags((3, 4)), uniform((3, 4)), uniform((3, 4)))
    case('where', 'condition-column', flags((3, 1)), uniform((3, 4)), uniform((3, 4)))
    case('where', 'all-stretch', flags((3, 1, 1)), uniform((1, 2, 1)), uniform((4,)))
    case('where', 'scalar-branches', flags((5,)), uniform(()), uniform(()))
    case('where', 'int32', flags((6,)), integers((6,)), integers(()))
    case('where', 'bool', flags((6,)), flags((6,)), flags((6,)))
    case('where', 'uint8', flags((6,)), bytes_((6,)), bytes_((6,)))
    case('where', 'special', bools([True, False, True, False, True]), floats([1.0, NAN, INF, NAN, NAN]),
         floats([NAN, 2.0, NAN, -INF, 1.0]), special=True)
    inexact = [0, 1, -1, 16777216, 16777217, 16777219, -16777217, MAXIMUM, MINIMUM, 123456789]
    case('cast', 'int32-to-float32', ints(inexact), to='float32')
    case('cast', 'float32-to-int32', floats([0.0, 0.5, 0.99, 1.5, 2.5, -0.5, -0.99, -1.5, -2.5, 16777216.0]), to='int32')
    case('cast', 'float32-to-int32-special', floats([NAN, INF, -INF, 3e9, -3e9, 2147483648.0, -2147483648.0, 1e38]),
         to='int32', special=True)
    case('cast', 'float32-to-bool', floats([0.0, -0.0, 0.25, -1.0, 3e38]), to='bool')
    case('cast', 'float32-to-bool-special', floats([NAN, INF, 0.0]), to='bool', special=True)
    case('cast', 'float32-to-float32', uniform((2, 3)), to='float32')
    case('cast', 'int32-to-bool', ints([0, 1, -1, MINIMUM, 256]), to='bool')
    case('cast', 'int32-to-int32', integers((4,)), to='int32')
    for to in ['float32', 'int32', 'bool']:
        case('cast', f'bool-to-{to}', flags((2, 3)), to=to)
        case('cast', f'uint8-to-{to}', ints_as_bytes(), to=to)


def ints_as_bytes():
    import torch

    return lambda _: torch.tensor([0, 1, 127, 128, 255], dtype=torch.uint8)


def add_softmaxes():
    for operator in ['softmax', 'logSoftmax']:
        case(operator, 'vector', uniform((5,)), axis=0, second=True)
        case(operator, 'last-axis', uniform((3, 4)), axis=1, second=True)
        case(operator, 'first-axis', uniform((3, 4)), axis=0)
        case(operator, 'middle-axis', uniform((2, 3, 2)), axis=1)
        case(operator, 'rank-5', uniform((1, 2, 1, 3, 2)), axis=3)
        case(operator, 'one-class', uniform((4, 1)), axis=1)
        case(operator, 'large-logits', floats([[1000.0, 999.0, 990.0], [-1000.0, -1001.0, -1000.0]]), axis=1,
             gradient='analytic')
        case(operator, 'spread-logits', floats([[80.0, 0.0, -80.0], [30.0, -30.0, 5.0]]), axis=1)
        case(operator, 'special', floats([[1.0, NAN, 2.0], [INF, 1.0, 2.0], [-INF, 1.0, 2.0]]), axis=1, special=True)
    for name, shape in [('values', (4,)), ('matrix', (2, 3)), ('rank-4', (1, 2, 1, 3))]:
        case('straightThrough', name, distinct(shape), uniform(shape), gradient='analytic')
    spoilt = floats([NAN, INF, -INF, -0.0, 1.0])
    case('stopGradient', 'special', spoilt, special=True)
    case('straightThrough', 'special', spoilt, floats([1.0, NAN, 1.0, 1.0, INF]), special=True)
    case('stopGradient', 'float32', uniform((2, 3)))
    case('stopGradient', 'int32', integers((2, 3)))
    case('stopGradient', 'bool', flags((2, 3)))
    case('oneHot', 'vector', ints([0, 2, 1, 2]), depth=3)
    case('oneHot', 'matrix', integers((2, 3), 0, 4), depth=5)
    case('oneHot', 'scalar', ints(3), depth=4)
    case('oneHot', 'depth-one', ints([0, 0]), depth=1)


def add_cases():
    add_unary()
    add_binary()
    add_comparisons()
    add_choices()
    add_softmaxes()

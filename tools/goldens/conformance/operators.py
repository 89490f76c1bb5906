"""The operators in PyTorch, float64: one function of tensors and attributes for each."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def truncated_division(a, b):
    return a / b if a.is_floating_point() else torch.div(a, b, rounding_mode='trunc')


def sign(x):
    # torch.sign gives 0 for NaN
    return torch.where(torch.isnan(x), x, torch.sign(x)) if x.is_floating_point() else torch.sign(x)


def cast(x, to):
    if to == 'bool':
        return x != 0
    if to == 'float32' and x.is_floating_point():
        return x * 1
    if to == 'float32':
        # int32 beyond 2^24 is rounded to float32
        return x.to(torch.float32).to(torch.float64)
    if x.is_floating_point():
        values = np.nan_to_num(x.detach().numpy(), nan=0.0, posinf=math.inf, neginf=-math.inf)
        return torch.tensor(np.trunc(np.clip(values, -(2**31), 2**31 - 1)).astype(np.int64)).to(
            torch.int32
        )
    return x.to(torch.int32)


def reduce_sum(x, axes, keepDims):
    if not axes:
        return x * 1
    return torch.sum(x, dim=axes, keepdim=keepDims, dtype=x.dtype)


def reduce_mean(x, axes, keepDims):
    return torch.mean(x, dim=axes, keepdim=keepDims) if axes else x * 1


def extreme(function):
    def reduce(x, axes, keepDims):
        return function(x, dim=axes, keepdim=keepDims) if axes else x * 1

    return reduce


def search(function):
    def find(x, axis, keepDims):
        # NumPy takes the first of ties and counts NaN as the extreme
        indices = function(x.detach().numpy(), axis=axis, keepdims=keepDims)
        return torch.tensor(np.asarray(indices).astype(np.int32))

    return find


def to_nchw(x):
    return x.permute(0, 3, 1, 2)


def to_nhwc(x):
    return x.permute(0, 2, 3, 1)


def pad_image(x, padding, value=0.0):
    (top, bottom), (left, right) = padding
    return F.pad(to_nchw(x).contiguous(), (left, right, top, bottom), value=value).contiguous()


def conv2d(image, filter, strides, padding, dilations, groups):
    result = F.conv2d(
        pad_image(image, padding),
        filter.permute(3, 2, 0, 1).contiguous(),
        stride=tuple(strides),
        dilation=tuple(dilations),
        groups=groups,
    )
    return to_nhwc(result)


def conv2d_input_gradient(dy, filter, inputSize, groups, **attributes):
    shape = (dy.shape[0], *inputSize, filter.shape[2] * groups)
    image = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    result = conv2d(image, filter, groups=groups, **attributes)
    return torch.autograd.grad(result, image, dy, create_graph=True)[0]


def conv2d_filter_gradient(image, dy, filterSize, groups, **attributes):
    shape = (*filterSize, image.shape[3] // groups, dy.shape[3])
    filter = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    result = conv2d(image, filter, groups=groups, **attributes)
    return torch.autograd.grad(result, filter, dy, create_graph=True)[0]


def average_pool2d(image, windowSize, strides, padding):
    ones = torch.ones_like(image)
    area = windowSize[0] * windowSize[1]
    sums = F.avg_pool2d(pad_image(image, padding), tuple(windowSize), tuple(strides)) * area
    counts = F.avg_pool2d(pad_image(ones, padding), tuple(windowSize), tuple(strides)) * area
    return to_nhwc(sums / counts)


def average_pool2d_gradient(dy, inputSize, **attributes):
    image = torch.zeros((dy.shape[0], *inputSize, dy.shape[3]), dtype=torch.float64)
    image.requires_grad_()
    return torch.autograd.grad(average_pool2d(image, **attributes), image, dy, create_graph=True)[0]


def first_maxima(image, windowSize, strides, padding):
    """Place of each window's first maximum in the padded image, for every channel."""
    padded = pad_image(image, padding, -math.inf)
    height, width = windowSize
    windows = padded.unfold(2, height, strides[0]).unfold(3, width, strides[1])
    flat = windows.reshape(*windows.shape[:4], height * width).detach().numpy()
    # NumPy takes the first of ties and counts NaN as the maximum
    best = np.argmax(flat, axis=-1)
    rows = np.arange(windows.shape[2])[:, None] * strides[0] + best // width
    columns = np.arange(windows.shape[3]) * strides[1] + best % width
    return padded.shape, torch.tensor(rows * padded.shape[3] + columns)


def max_pool2d_select(image, other, windowSize, strides, padding):
    shape, places = first_maxima(image, windowSize, strides, padding)
    padded = pad_image(other, padding).reshape(*shape[:2], -1)
    picked = torch.gather(padded, 2, places.reshape(*places.shape[:2], -1))
    return to_nhwc(picked.reshape(places.shape))


def max_pool2d(image, **attributes):
    return max_pool2d_select(image, image, **attributes)


def max_pool2d_gradient(image, dy, **attributes):
    other = torch.zeros_like(image, requires_grad=True)
    result = max_pool2d_select(image.detach(), other, **attributes)
    return torch.autograd.grad(result, other, dy, create_graph=True)[0]


def slice_(x, starts, sizes, strides):
    ranges = tuple(
        slice(start, start + (size - 1) * stride + 1 if size > 0 else start, stride)
        for start, size, stride in zip(starts, sizes, strides)
    )
    return x[ranges] if ranges else x * 1


def pad(x, before, after, value):
    widths = [width for pair in reversed(list(zip(before, after))) for width in pair]
    return F.pad(x, widths, value=value)


def gather(x, indices, axis):
    flat = torch.index_select(x, axis, indices.reshape(-1).long())
    return flat.reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])


def scatter_add(indices, updates, size):
    rest = updates.shape[indices.dim() :]
    zeros = torch.zeros((size, *rest), dtype=torch.float64)
    return zeros.index_add(0, indices.reshape(-1).long(), updates.reshape(-1, *rest))


def step(x):
    return torch.where(torch.isnan(x), x, torch.where(x >= 0, 1.0, -1.0).double())


class StraightThrough(torch.autograd.Function):
    """The first operand's values with the gradient of the second."""

    @staticmethod
    def forward(_, value, path):
        return value.clone()

    @staticmethod
    def backward(_, gradient):
        return None, gradient


OPERATORS = {
    'add': torch.add,
    'sub': torch.sub,
    'mul': torch.mul,
    'div': truncated_division,
    'max': torch.maximum,
    'min': torch.minimum,
    'pow': torch.pow,
    'equal': torch.eq,
    'notEqual': torch.ne,
    'greater': torch.gt,
    'greaterOrEqual': torch.ge,
    'lesser': torch.lt,
    'lesserOrEqual': torch.le,
    'logicalAnd': torch.logical_and,
    'logicalOr': torch.logical_or,
    'logicalXor': torch.logical_xor,
    'logicalNot': torch.logical_not,
    'isNaN': torch.isnan,
    'where': torch.where,
    'abs': torch.abs,
    'neg': torch.neg,
    'sign': sign,
    'reciprocal': torch.reciprocal,
    'sqrt': torch.sqrt,
    'exp': torch.exp,
    'log': torch.log,
    'sin': torch.sin,
    'cos': torch.cos,
    'tanh': torch.tanh,
    'erf': torch.erf,
    'sigmoid': torch.sigmoid,
    'relu': torch.relu,
    'floor': torch.floor,
    'ceil': torch.ceil,
    'roundEven': torch.round,
    'cast': cast,
    'reduceSum': reduce_sum,
    'reduceMean': reduce_mean,
    'reduceMax': extreme(torch.amax),
    'reduceMin': extreme(torch.amin),
    'argMax': search(np.argmax),
    'argMin': search(np.argmin),
    'matmul': torch.matmul,
    'conv2d': conv2d,
    'conv2dInputGradient': conv2d_input_gradient,
    'conv2dFilterGradient': conv2d_filter_gradient,
    'averagePool2d': average_pool2d,
    'averagePool2dGradient': average_pool2d_gradient,
    'maxPool2d': max_pool2d,
    'maxPool2dGradient': max_pool2d_gradient,
    'maxPool2dSelect': max_pool2d_select,
    'identity': lambda x: x * 1 if x.is_floating_point() else x.clone(),
    'reshape': lambda x, shape: x.reshape(shape),
    'transpose': lambda x, permutation: x.permute(permutation),
    'expand': lambda x, shape: x.expand(shape),
    'concat': lambda *xs, axis: torch.cat(xs, dim=axis),
    'slice': slice_,
    'pad': pad,
    'gather': gather,
    'scatterAdd': scatter_add,
    'softmax': lambda x, axis: torch.softmax(x, axis),
    'logSoftmax': lambda x, axis: torch.log_softmax(x, axis),
    # F.softplus gives x itself above 20
    'softplus': lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    'gelu': F.gelu,
    'elu': lambda x, alpha: F.elu(x, alpha),
    'leakyRelu': lambda x, alpha: F.leaky_relu(x, alpha),
    'step': step,
    'oneHot': lambda indices, depth: F.one_hot(indices.long(), depth).double(),
    'stopGradient': lambda x: x.clone(),
    'straightThrough': StraightThrough.apply,
}
# Where no gradient flows, by definition: step functions, and results that are not real numbers.
NO_GRADIENT = {
    'equal', 'notEqual', 'greater', 'greaterOrEqual', 'lesser', 'lesserOrEqual', 'logicalAnd',
    'logicalOr', 'logicalXor', 'logicalNot', 'isNaN', 'sign', 'floor', 'ceil', 'roundEven',
    'argMax', 'argMin', 'step', 'oneHot', 'stopGradient',
}

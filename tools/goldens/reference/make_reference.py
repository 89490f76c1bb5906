"""Writes packages/reference/test/vectors/reference.json: values of every operator from PyTorch (float64), NumPy
and mpmath.

Run from anywhere, with torch, numpy and mpmath installed:

    python tools/goldens/reference/make_reference.py

Inputs are float32 numbers in their shortest form, so that `float32` (the same computation by PyTorch or NumPy in
float32, where there is one) can be held against the bounds of the oracle.
"""

import json
from pathlib import Path

import mpmath
import numpy as np
import torch
import torch.nn.functional as F

OUTPUT = Path(__file__).parents[3] / "packages/reference/test/vectors/reference.json"
SEED = 20261123
rng = np.random.default_rng(SEED)
torch.manual_seed(SEED)
torch.set_num_threads(1)

cases = []


def normal(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def whole(*shape, low=-3, high=4):
    return rng.integers(low, high, shape).astype(np.float32)


def encode(x):
    if isinstance(x, torch.Tensor):
        x = x.detach().numpy()
    x = np.asarray(x)
    dtype = {"f": "float32", "i": "int32", "b": "bool", "u": "uint8"}[x.dtype.kind]
    # str of a float32 is its shortest form: readers round to float32 again
    values = [float(v if x.dtype.kind != "f" else str(v)) if np.isfinite(v) else str(float(v)) for v in x.reshape(-1)]
    data = [int(v) if isinstance(v, float) and v.is_integer() and v != 0 else v for v in values]
    return {"dtype": dtype, "shape": list(x.shape), "data": data}


def add(name, operator, inputs, attributes, output, float32=None):
    case = {
        "name": name,
        "operator": operator,
        "inputs": [encode(x) for x in inputs],
        "attributes": attributes,
        # float64 digits, also of what is only moved
        "output": encode(np.asarray(output).astype(np.float64)) | {"dtype": encode(output)["dtype"]},
    }
    if float32 is not None:
        case["float32"] = encode(float32)["data"]
    cases.append(case)


def both(compute, *arrays):
    """The computation in float64 and in float32."""
    results = []
    for dtype in (torch.float64, torch.float32):
        results.append(compute(*[torch.tensor(a).to(dtype) if a.dtype.kind == "f" else torch.tensor(a) for a in arrays]))
    return results


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def convolve(x, w, a):
    (top, bottom), (left, right) = a["padding"]
    padded = F.pad(nchw(x), (left, right, top, bottom))
    y = F.conv2d(
        padded, w.permute(3, 2, 0, 1), stride=a["strides"], dilation=a["dilations"], groups=a["groups"]
    )
    return nhwc(y)


def convolutions():
    settings = [
        ("plain", (2, 5, 6, 3), (3, 3, 3, 4), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
        ("same padding", (1, 5, 4, 2), (3, 3, 2, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
        ("strides leave a rest", (2, 7, 8, 2), (3, 2, 2, 3), (2, 3), ((0, 0), (0, 0)), (1, 1), 1),
        ("uneven padding", (1, 5, 5, 2), (2, 4, 2, 2), (2, 1), ((0, 1), (2, 1)), (1, 1), 1),
        ("dilations", (1, 8, 9, 2), (3, 2, 2, 3), (1, 1), ((1, 1), (0, 2)), (2, 3), 1),
        ("strides with dilations", (1, 9, 9, 1), (2, 3, 1, 2), (2, 2), ((1, 0), (1, 1)), (3, 2), 1),
        ("two groups", (2, 4, 5, 4), (3, 3, 2, 6), (1, 1), ((1, 1), (1, 1)), (1, 1), 2),
        ("depthwise", (1, 6, 6, 3), (3, 3, 1, 6), (2, 1), ((1, 1), (1, 1)), (1, 1), 3),
        ("one pixel", (3, 1, 1, 5), (1, 1, 5, 2), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    ]
    for name, image, filter, strides, padding, dilations, groups in settings:
        attributes = {"strides": strides, "padding": padding, "dilations": dilations, "groups": groups}
        x, w = normal(*image), normal(*filter)
        y64, y32 = both(lambda x, w: convolve(x, w, attributes), x, w)
        add(f"conv2d: {name}", "conv2d", [x, w], attributes, y64, y32)
        dy = normal(*y64.shape)

        def gradients(x, w, dy):
            x.requires_grad_()
            w.requires_grad_()
            return torch.autograd.grad(convolve(x, w, attributes), [x, w], dy)

        (dx64, dw64), (dx32, dw32) = both(gradients, x, w, dy)
        add(
            f"conv2dInputGradient: {name}",
            "conv2dInputGradient",
            [dy, w],
            {**attributes, "inputSize": image[1:3]},
            dx64,
            dx32,
        )
        add(
            f"conv2dFilterGradient: {name}",
            "conv2dFilterGradient",
            [x, dy],
            {**attributes, "filterSize": filter[:2]},
            dw64,
            dw32,
        )


def max_pool(x, a):
    (top, bottom), (left, right) = a["padding"]
    padded = F.pad(nchw(x), (left, right, top, bottom), value=-np.inf)
    return F.max_pool2d(padded, a["windowSize"], a["strides"], return_indices=True)


def average_pool(x, a):
    (top, bottom), (left, right) = a["padding"]

    def windows(image):
        padded = F.pad(image, (left, right, top, bottom))
        return F.avg_pool2d(padded, a["windowSize"], a["strides"], divisor_override=1)

    image = nchw(x)
    return nhwc(windows(image) / windows(torch.ones_like(image)))


def poolings():
    settings = [
        ("2x2 tiles", (2, 4, 6, 3), (2, 2), (2, 2), ((0, 0), (0, 0))),
        ("overlapping 3x3", (1, 5, 6, 2), (3, 3), (1, 1), ((0, 0), (0, 0))),
        ("overlapping 3x3 in steps of 2, padded", (2, 7, 6, 1), (3, 3), (2, 2), ((1, 1), (1, 1))),
        ("uneven padding", (1, 5, 4, 2), (2, 3), (2, 1), ((0, 1), (2, 1))),
        ("gaps between windows", (1, 7, 8, 2), (2, 1), (3, 2), ((0, 0), (0, 0))),
    ]
    for name, image, window, strides, padding in settings:
        a = {"windowSize": window, "strides": strides, "padding": padding}
        for kind, x in (("", normal(*image)), (", ties", whole(*image, low=0, high=3))):
            y64, indices = max_pool(torch.tensor(x, dtype=torch.float64), a)
            add(f"maxPool2d: {name}{kind}", "maxPool2d", [x], a, nhwc(y64))
            dy = normal(*nhwc(y64).shape)

            def gradient(x, dy):
                x.requires_grad_()
                return torch.autograd.grad(nhwc(max_pool(x, a)[0]), x, dy)[0]

            dx64, dx32 = both(gradient, x, dy)
            add(f"maxPool2dGradient: {name}{kind}", "maxPool2dGradient", [x, dy], a, dx64, dx32)
            other = normal(*image)
            (top, bottom), (left, right) = padding
            padded = F.pad(nchw(torch.tensor(other)), (left, right, top, bottom))
            picked = padded.flatten(2).gather(2, indices.flatten(2)).reshape(indices.shape)
            add(f"maxPool2dSelect: {name}{kind}", "maxPool2dSelect", [x, other], a, nhwc(picked))
        x = normal(*image)
        y64, y32 = both(lambda x: average_pool(x, a), x)
        add(f"averagePool2d: {name}", "averagePool2d", [x], a, y64, y32)
        dy = normal(*y64.shape)

        def average_gradient(dy):
            x = torch.zeros(image, dtype=dy.dtype, requires_grad=True)
            return torch.autograd.grad(average_pool(x, a), x, dy)[0]

        dx64, dx32 = both(average_gradient, dy)
        add(
            f"averagePool2dGradient: {name}",
            "averagePool2dGradient",
            [dy],
            {**a, "inputSize": image[1:3]},
            dx64,
            dx32,
        )
    a = {"windowSize": (2, 2), "strides": (1, 1), "padding": ((0, 0), (0, 0))}
    x = whole(1, 4, 4, 1)
    x[0, 1, 2, 0] = np.nan
    y64, _ = max_pool(torch.tensor(x, dtype=torch.float64), a)
    add("maxPool2d: NaN wins", "maxPool2d", [x], a, nhwc(y64))


SPECIAL = np.array([0.0, -0.0, 1, -1, 0.5, -0.5, np.inf, -np.inf, np.nan, 2.5, -2.5, 1e-30, -88, 88, 20, -20], np.float32)


def gelu(x):
    # F.gelu cancels at negative x in float64; in float32 (oneDNN) it is 5e-7 off and NaN at infinity
    if x.dtype == torch.float64:
        return x / 2 * torch.special.erfc(-x / np.sqrt(2))
    return x / 2 * (1 + torch.erf(x * np.sqrt(0.5)))


def unaries():
    functions = {
        "abs": torch.abs,
        "neg": torch.neg,
        "sign": torch.sign,
        "reciprocal": torch.reciprocal,
        "sqrt": torch.sqrt,
        "exp": torch.exp,
        "log": torch.log,
        "sin": torch.sin,
        "cos": torch.cos,
        "tanh": torch.tanh,
        "erf": torch.erf,
        "sigmoid": torch.sigmoid,
        "relu": torch.relu,
        "floor": torch.floor,
        "ceil": torch.ceil,
        "roundEven": torch.round,
        "softplus": lambda x: F.softplus(x, threshold=1e9),
        "gelu": gelu,
    }
    x = np.concatenate([SPECIAL, normal(24) * 4, np.arange(-4, 4, 0.5, dtype=np.float32)])
    for operator, function in functions.items():
        y64, y32 = both(function, x)
        if operator == "sign":
            # torch.sign(NaN) is 0; the operator keeps NaN
            y64, y32 = (torch.where(torch.isnan(torch.tensor(x)), torch.nan, y) for y in (y64, y32))
        add(operator, operator, [x], {}, y64, y32)
    for alpha in (0.3, 1.7, -0.5):
        for operator, function in (("elu", F.elu), ("leakyRelu", F.leaky_relu)):
            y64, y32 = both(lambda x: function(x, alpha), x)
            add(f"{operator}: alpha {alpha}", operator, [x], {"alpha": alpha}, y64, y32)
    add("isNaN", "isNaN", [x], {}, np.isnan(x))
    add("step", "step", [x], {}, np.where(np.isnan(x), x, np.where(x >= 0, 1, -1).astype(np.float32)))


def binaries():
    a = np.repeat(SPECIAL, SPECIAL.size)
    b = np.tile(SPECIAL, SPECIAL.size)
    with np.errstate(all="ignore"):
        a64, b64 = a.astype(np.float64), b.astype(np.float64)
        for operator, function in (
            ("add", np.add),
            ("sub", np.subtract),
            ("mul", np.multiply),
            ("div", np.divide),
            ("max", np.maximum),
            ("min", np.minimum),
            ("pow", np.power),
            ("equal", np.equal),
            ("notEqual", np.not_equal),
            ("greater", np.greater),
            ("greaterOrEqual", np.greater_equal),
            ("lesser", np.less),
            ("lesserOrEqual", np.less_equal),
        ):
            add(f"{operator}: special values", operator, [a, b], {}, function(a64, b64), function(a, b))
        x, y = normal(3, 1, 4), np.abs(normal(2, 1)) + np.float32(0.1)
        for operator, function in (("add", np.add), ("div", np.divide), ("pow", lambda a, b: np.power(np.abs(a), b))):
            left = np.abs(x) if operator == "pow" else x
            add(
                f"{operator}: broadcast",
                operator,
                [left, y],
                {},
                function(left.astype(np.float64), y.astype(np.float64)),
                function(left, y),
            )
        limits = np.array([-(2**31), 2**31 - 1, -7, 7, 0, 1, -1, 123456789, -987654321], np.int32)
        i, j = np.repeat(limits, limits.size), np.tile(limits, limits.size)
        for operator, function in (("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("max", np.maximum), ("min", np.minimum)):
            add(f"{operator}: int32", operator, [i, j], {}, function(i, j))
        defined = j != 0
        quotient = np.trunc(i[defined].astype(np.longdouble) / j[defined].astype(np.longdouble))
        add("div: int32 truncates", "div", [i[defined], j[defined]], {}, quotient.astype(np.int64).astype(np.int32))
        add("abs: int32", "abs", [limits], {}, np.abs(limits))
        add("neg: int32", "neg", [limits], {}, np.negative(limits))
        add("sign: int32", "sign", [limits], {}, np.sign(limits))
        add("relu: int32", "relu", [limits], {}, np.maximum(limits, 0))
    p, q = np.array([0, 0, 1, 1], bool), np.array([0, 1, 0, 1], bool)
    for operator, function in (("logicalAnd", np.logical_and), ("logicalOr", np.logical_or), ("logicalXor", np.logical_xor)):
        add(operator, operator, [p, q], {}, function(p, q))
    add("logicalNot", "logicalNot", [p], {}, ~p)
    condition, x, y = rng.random((3, 1)) < 0.5, normal(2, 1, 4), normal(3, 4)
    y[0, 0] = np.nan
    add("where: broadcast", "where", [condition, x, y], {}, np.where(condition, x, y))


def casts():
    x = np.array([0, -0.9, 0.9, 2.7, -2.7, 3e9, -3e9, np.inf, -np.inf, np.nan, 2147483520, 1e-30], np.float32)
    limits = np.iinfo(np.int32)
    # saturates and maps NaN to 0, as the operator says; NumPy and PyTorch leave these cases open
    clipped = np.trunc(np.clip(np.nan_to_num(x.astype(np.float64), nan=0), limits.min, limits.max))
    add("cast: float32 to int32", "cast", [x], {"to": "int32"}, clipped.astype(np.int64).astype(np.int32))
    add("cast: float32 to bool", "cast", [x], {"to": "bool"}, x.astype(bool))
    i = np.array([0, 1, -1, 16777217, 2**31 - 1], np.int32)
    add("cast: int32 to float32", "cast", [i], {"to": "float32"}, i.astype(np.float64), i.astype(np.float32))
    add("cast: int32 to bool", "cast", [i], {"to": "bool"}, i.astype(bool))
    b = np.array([True, False])
    add("cast: bool to float32", "cast", [b], {"to": "float32"}, b.astype(np.float64))
    add("cast: bool to int32", "cast", [b], {"to": "int32"}, b.astype(np.int32))
    u = np.array([0, 1, 255], np.uint8)
    add("cast: uint8 to float32", "cast", [u], {"to": "float32"}, u.astype(np.float64))
    add("cast: uint8 to int32", "cast", [u], {"to": "int32"}, u.astype(np.int32))


def reductions():
    x = normal(3, 4, 5)
    functions = {"reduceSum": torch.sum, "reduceMean": torch.mean, "reduceMax": torch.amax, "reduceMin": torch.amin}
    for operator, function in functions.items():
        for axes in ([0], [1], [2], [0, 2], [0, 1, 2]):
            for keep in (False, True):
                y64, y32 = both(lambda x: function(x, dim=axes, keepdim=keep), x)
                add(f"{operator}: axes {axes}, keepDims {keep}", operator, [x], {"axes": axes, "keepDims": keep}, y64, y32)
        with_nan = np.array([[1, np.nan, 2], [3, 1, 2], [np.nan, 1, 2]], np.float32)
        y64, y32 = both(lambda x: function(x, dim=[1]), with_nan)
        add(f"{operator}: NaN", operator, [with_nan], {"axes": [1], "keepDims": False}, y64, y32)
    i = rng.integers(-(2**31), 2**31, (4, 6)).astype(np.int32)
    i[0], i[1] = 2**31 - 1, -(2**31)
    add("reduceSum: int32 wraps", "reduceSum", [i], {"axes": [1], "keepDims": False}, i.sum(1, dtype=np.int32))
    add("reduceMax: int32", "reduceMax", [i], {"axes": [0], "keepDims": True}, i.max(0, keepdims=True))
    add("reduceMin: int32", "reduceMin", [i], {"axes": [0], "keepDims": False}, i.min(0))
    long = np.abs(normal(2, 3000))
    y64, y32 = both(lambda x: torch.sum(x, 1), long)
    add("reduceSum: 3,000 positive terms", "reduceSum", [long], {"axes": [1], "keepDims": False}, y64, y32)
    ties = whole(4, 5, 3, low=0, high=3)
    ties[1, 2, 0] = ties[1, 4, 0] = np.nan
    for operator, function in (("argMax", np.argmax), ("argMin", np.argmin)):
        for axis in range(3):
            for keep in (False, True):
                y = function(ties, axis, keepdims=keep).astype(np.int32)
                add(f"{operator}: ties and NaN, axis {axis}, keepDims {keep}", operator, [ties], {"axis": axis, "keepDims": keep}, y)


def products():
    for name, a, b in (
        ("matrices", (3, 5), (5, 4)),
        ("batches", (2, 3, 4), (2, 4, 5)),
        ("broadcast on the left", (3, 4), (2, 4, 5)),
        ("broadcast both ways", (2, 1, 3, 4), (5, 4, 2)),
        ("one row of many columns", (1, 64), (64, 3)),
    ):
        x, y = normal(*a), normal(*b)
        y64, y32 = both(torch.matmul, x, y)
        add(f"matmul: {name}", "matmul", [x, y], {}, y64, y32)


def movements():
    x = normal(2, 3, 4)
    add("transpose", "transpose", [x], {"permutation": [2, 0, 1]}, x.transpose(2, 0, 1))
    add("reshape", "reshape", [x], {"shape": [4, 6]}, x.reshape(4, 6))
    add("identity", "identity", [x], {}, x)
    add("expand", "expand", [x[:, :1]], {"shape": [5, 2, 3, 4]}, np.broadcast_to(x[:, :1], (5, 2, 3, 4)))
    y = normal(2, 1, 4)
    add("concat: middle axis", "concat", [x, y, x], {"axis": 1}, np.concatenate([x, y, x], 1))
    add("slice", "slice", [x], {"starts": [1, 0, 1], "sizes": [1, 2, 2], "strides": [1, 2, 2]}, x[1:, 0:3:2, 1:4:2])
    add(
        "pad",
        "pad",
        [x],
        {"before": [1, 0, 2], "after": [0, 1, 3], "value": -1.5},
        np.pad(x, ((1, 0), (0, 1), (2, 3)), constant_values=-1.5),
    )
    b = rng.random((2, 3)) < 0.5
    add("pad: bool", "pad", [b], {"before": [1, 1], "after": [0, 1], "value": 1}, np.pad(b, ((1, 0), (1, 1)), constant_values=True))


def indexing():
    x = normal(4, 5, 3)
    indices = np.array([[0, 2], [2, 3], [0, 0]], np.int32)
    for axis in range(3):
        picked = indices % x.shape[axis]
        add(f"gather: axis {axis}", "gather", [x, picked.astype(np.int32)], {"axis": axis}, np.take(x, picked, axis))
    one = np.array(2, np.int32)
    add("gather: scalar index", "gather", [x, one], {"axis": 0}, np.take(x, one, 0))
    updates = normal(3, 2, 4)

    def scatter(updates):
        target = torch.zeros(5, 4, dtype=updates.dtype)
        return target.index_add(0, torch.tensor(indices.reshape(-1)), updates.reshape(6, 4))

    y64, y32 = both(scatter, updates)
    add("scatterAdd: equal indices add up", "scatterAdd", [indices, updates], {"size": 5}, y64, y32)
    labels = np.array([0, 3, -1, 4, 2], np.int32)
    hot = (labels[:, None] == np.arange(4)).astype(np.float32)
    add("oneHot: outside is a row of zeros", "oneHot", [labels], {"depth": 4}, hot)


def soft_maxima():
    x = normal(3, 4, 5) * 3
    x[0, 0] += 500
    for operator, function in (("softmax", torch.softmax), ("logSoftmax", torch.log_softmax)):
        for axis in range(3):
            y64, y32 = both(lambda x: function(x, axis), x)
            add(f"{operator}: axis {axis}", operator, [x], {"axis": axis}, y64, y32)


def error_functions():
    mpmath.mp.dps = 50
    points = np.concatenate([rng.uniform(-7, 7, 120), rng.uniform(-0.6, 0.6, 60), 10 ** rng.uniform(-20, 1.4, 40), rng.uniform(0, 26, 60)])
    points = np.concatenate([points, [0.46875, 4, -0.46875, -4, 27.5, 0.5]])
    return [[float(x), float(mpmath.erf(mpmath.mpf(float(x)))), float(mpmath.erfc(mpmath.mpf(float(x))))] for x in points]


def network():
    """A small CNN in float64 and float32: every layer passes its bounds to the next."""
    images, labels = normal(3, 12, 12, 1), np.array([1, 0, 3], np.int32)
    weights = {
        "w1": normal(3, 3, 1, 8) * np.float32(0.4),
        "b1": normal(8) * np.float32(0.1),
        "w2": normal(3, 3, 8, 6) * np.float32(0.2),
        "b2": normal(6) * np.float32(0.1),
        "w3": normal(6, 4) * np.float32(0.4),
    }
    plain = {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilations": (1, 1), "groups": 1}
    pool = {"windowSize": (2, 2), "strides": (2, 2), "padding": ((0, 0), (0, 0))}

    def forward(x, w1, b1, w2, b2, w3):
        h = torch.relu(convolve(x, w1, plain) + b1)
        h = nhwc(max_pool(h, pool)[0])
        h = torch.relu(convolve(h, w2, plain) + b2)
        return torch.log_softmax(h.mean((1, 2)) @ w3, 1)

    y64, y32 = both(forward, images, *weights.values())
    return {
        "inputs": {name: encode(x) for name, x in {"x": images, **weights}.items()},
        "output": encode(y64),
        "float32": encode(y32)["data"],
    }


for family in (convolutions, poolings, unaries, binaries, casts, reductions, products, movements, indexing, soft_maxima):
    family()

document = {
    "generator": "tools/goldens/reference/make_reference.py",
    "versions": {"torch": torch.__version__, "numpy": np.__version__, "mpmath": mpmath.__version__},
    "seed": SEED,
    "cases": cases,
    "errorFunction": error_functions(),
    "network": network(),
}
with OUTPUT.open("w", encoding="utf-8") as file:
    json.dump(document, file, separators=(",", ":"))
    file.write("\n")
print(f"{len(cases)} cases")

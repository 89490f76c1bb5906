"""Writes the expected values of single operators that packages/onnx/test/operators.test.ts compares with.

Run from the repository root, with torch and numpy installed:

    python tools/goldens/onnx/make_lowering.py

Each case is one node: operator, attributes, declared types and a few runs with actual tensors. Floating point
is computed by PyTorch in float64 from float32 inputs and rounded to float32. `tolerance` is the largest
difference allowed: `relative` to the expected element, plus `absolute`, which for sums is a multiple of
the unit roundoff times the largest sum of the terms' absolute values. Non-finite numbers are strings.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

TARGET = pathlib.Path("packages/onnx/test/vectors")
SEED = 20260
EPS = 2.0**-23
rng = np.random.default_rng(SEED)
NAN, INF = float("nan"), float("inf")

DTYPES = {"float32": np.float32, "int32": np.int32, "bool": np.bool_, "uint8": np.uint8}


def dtype_name(array):
    return {v: k for k, v in DTYPES.items()}[array.dtype.type]


def f32(*values):
    return np.array(values, np.float32)


def normal(*shape, scale=1.0):
    return (rng.standard_normal(shape) * scale).astype(np.float32)


def coarse(*shape):
    """Normal numbers in steps of 1/8: short to write, and their products are exact in float32."""
    return (np.round(rng.standard_normal(shape) * 8) / 8).astype(np.float32)


def integers(low, high, *shape, dtype=np.int32):
    return rng.integers(low, high, shape).astype(dtype)


def sample(dtype, *shape):
    if dtype == "float32":
        return normal(*shape)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(np.bool_)
    if dtype == "uint8":
        return integers(0, 256, *shape, dtype=np.uint8)
    return integers(-9, 10, *shape)


def quarters(array):
    return (np.round(array * 4) / 4).astype(np.float32)


def wide(array):
    """A float64 tensor of float32 data; other dtypes as they are."""
    t = torch.from_numpy(np.ascontiguousarray(array))
    return t.double() if array.dtype == np.float32 else t


def narrow(value, dtype=None):
    array = value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
    if dtype is None:
        dtype = "float32" if array.dtype == np.float64 else dtype_name(array)
    return np.ascontiguousarray(array).astype(DTYPES[dtype]).reshape(array.shape)


def encode(array):
    def number(value):
        if isinstance(value, float) and not np.isfinite(value):
            return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        if isinstance(value, float) and value == 0 and np.signbit(value):
            return "-0"
        return int(value) if isinstance(value, (bool, int)) or value.is_integer() else value

    flat = array.ravel().tolist()
    if array.dtype == np.float32:
        # The shortest decimal that rounds back to the same float32.
        flat = [float(str(v)) for v in array.ravel()]
    return {"shape": list(array.shape), "data": [number(v) for v in flat]}


def declared(shapes, names):
    """Replaces each axis whose size differs between runs by its name."""
    first = list(shapes[0])
    for axis in range(len(first)):
        if any(s[axis] != first[axis] for s in shapes):
            first[axis] = names.get(axis, "batch")
    return first


class Vectors:
    def __init__(self, name):
        self.name = name
        self.cases = []

    def add(self, name, operator, runs, attributes=None, tolerance=(0.0, 0.0), names=(), dims=None):
        """`runs`: list of (inputs, expected). Sizes that differ between runs are named sizes."""
        names = list(names)
        inputs = []
        for index, array in enumerate(runs[0][0]):
            shapes = [r[0][index].shape for r in runs]
            given = names[index] if index < len(names) else {}
            inputs.append({"dtype": dtype_name(array), "shape": declared(shapes, given)})
        given = names[len(inputs)] if len(inputs) < len(names) else {}
        expected = runs[0][1]
        output = {
            "dtype": dtype_name(expected),
            "shape": dims or declared([r[1].shape for r in runs], given),
        }
        relative, absolute = tolerance
        self.cases.append(
            {
                "name": name,
                "operator": operator,
                "attributes": attributes or {},
                "inputs": inputs,
                "output": output,
                "tolerance": {"relative": relative, "absolute": absolute},
                "runs": [
                    {"inputs": [encode(a) for a in ins], "output": encode(out)}
                    for ins, out in runs
                ],
            }
        )

    def write(self):
        TARGET.mkdir(parents=True, exist_ok=True)
        head = {
            "generator": "tools/goldens/onnx/make_lowering.py",
            "versions": {"torch": torch.__version__, "numpy": np.__version__},
            "seed": SEED,
        }
        lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in self.cases)
        text = json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
        (TARGET / f"{self.name}.json").write_text(text)
        print(self.name, len(self.cases), "cases", len(text) // 1024, "KiB")


def elementwise():
    v = Vectors("elementwise")
    a = f32(NAN, 1, NAN, INF, -INF, 0.0, -0.0, INF, 3.5, -2.25, 1e30, 2e-38)
    b = f32(1, NAN, NAN, NAN, NAN, 2.0, 3.0, -INF, -1.5, -2.25, 1e30, 4.0)
    arithmetic = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}
    arithmetic |= {"max": torch.maximum, "min": torch.minimum}
    compare = {"equal": torch.eq, "notEqual": torch.ne, "greater": torch.gt}
    compare |= {"greaterOrEqual": torch.ge, "lesser": torch.lt, "lesserOrEqual": torch.le}
    layouts = {
        "same shape": (lambda n: (n, 3), lambda n: (n, 3)),
        "row": (lambda n: (n, 3), lambda n: (3,)),
        "scalar": (lambda n: (), lambda n: (n, 5)),
        "both ways": (lambda n: (n, 1, 3), lambda n: (4, 1)),
    }
    for name, function in (arithmetic | compare).items():
        # Single float32 operations are rounded once, as PyTorch does in float32.
        v.add(
            f"{name} of special values", name,
            [((a, b), narrow(function(torch.from_numpy(a), torch.from_numpy(b))))],
        )
        for label, (left, right) in layouts.items():
            runs = []
            for n in (1, 4):
                x, y = normal(*left(n)), normal(*right(n))
                x, y = quarters(x), quarters(y) + np.float32(0.125)
                if name in compare:
                    y = y - np.float32(0.125)
                x, y = np.asarray(x), np.asarray(y)
                runs.append(((x, y), narrow(function(torch.from_numpy(x), torch.from_numpy(y)))))
            v.add(f"{name}, {label}", name, runs)
        if name == "div":
            x, y = np.array([7, -7, 7, -7, 6, 2**31 - 1, -(2**31)], np.int32), np.array([2, 2, -2, -2, 3, -1, 2], np.int32)
            quotient = torch.div(torch.from_numpy(x), torch.from_numpy(y), rounding_mode="trunc")
            v.add("div of int32 truncates", name, [((x, y), narrow(quotient))])
            x = np.array([-(2**31), 5, -5], np.int32)
            v.add("div of int32 by -1 wraps", name, [((x, np.array([-1], np.int32)), np.array([-(2**31), -5, 5], np.int32))])
            continue
        x, y = integers(-9, 10, 3, 4), integers(-9, 10, 4)
        v.add(f"{name} of int32", name, [((x, y), narrow(function(torch.from_numpy(x), torch.from_numpy(y))))])
    big = np.array([2**31 - 1, -(2**31), 65537], np.int32)
    for name, other in (("add", [1, -1, 65537]), ("sub", [-1, 1, 0]), ("mul", [2, 3, 65537])):
        y = np.array(other, np.int32)
        out = arithmetic[name](torch.from_numpy(big), torch.from_numpy(y))
        v.add(f"{name} of int32 wraps", name, [((big, y), narrow(out))])
    for name in ("equal", "notEqual"):
        for dtype in ("bool", "uint8"):
            x, y = sample(dtype, 2, 9), sample(dtype, 9)
            if dtype == "uint8":
                y[:4] = x[0, :4]
            out = compare[name](torch.from_numpy(x), torch.from_numpy(y))
            v.add(f"{name} of {dtype}", name, [((x, y), narrow(out))])
    base = f32(NAN, 1, 0, -0.0, -0.0, -1, -1, 2, 0.5, -INF, -INF, INF, 0, -8, 4, NAN, 2, 9, -2)
    exponent = f32(0, NAN, -1, -1, -2, INF, 0.5, -INF, -INF, 3, -3, -1, 0, 1 / 3, 0.5, 2, 10, 0.5, 3)
    v.add("pow of special values", "pow", [((base, exponent), narrow(torch.pow(wide(base), wide(exponent))))], tolerance=(4 * EPS, 0))
    for e in (2.0, 3.0, 0.5, -1.0, 1.7):
        x = np.abs(normal(3, 5)) + f32(0.1)
        v.add(f"pow of {e}", "pow", [((x, f32(e).reshape(())), narrow(torch.pow(wide(x), wide(f32(e).reshape(())))))], tolerance=(4 * EPS, 0))
    p, q = np.array([0, 0, 1, 1], np.bool_), np.array([0, 1, 0, 1], np.bool_)
    for name, function in (("logicalAnd", np.logical_and), ("logicalOr", np.logical_or), ("logicalXor", np.logical_xor)):
        v.add(name, name, [((p, q), function(p, q))])
    v.add("logicalNot", "logicalNot", [((p,), ~p)])
    v.add("isNaN", "isNaN", [((a,), np.isnan(a))])
    for dtype in DTYPES:
        runs = []
        for n in (1, 3):
            c, x, y = sample("bool", n, 1), sample(dtype, n, 4), sample(dtype, 4)
            runs.append(((c, x, y), narrow(np.where(c, x, y))))
        v.add(f"where of {dtype}", "where", runs)
    c = np.array([1, 0, 1, 0], np.bool_)
    v.add("where keeps the other branch's NaN out", "where", [((c, f32(1, NAN, INF, NAN), f32(NAN, 2, NAN, -INF)), f32(1, 2, INF, -INF))])
    special = f32(NAN, INF, -INF, 0.0, -0.0, 1.5, -2.5, 0.5, -0.5, 2.5, 3e9, -3e9, 88.5, -87.0, 19, -17, 1e-3, 0.7, -0.3, 7.25)
    grid = normal(7, 29, scale=2.0)
    exact = {"abs": torch.abs, "neg": torch.neg, "sign": torch.sign, "relu": F.relu, "floor": torch.floor, "ceil": torch.ceil, "roundEven": torch.round, "sqrt": torch.sqrt, "reciprocal": torch.reciprocal}
    for name, function in exact.items():
        out = function(wide(special))
        if name == "sign":
            out = torch.where(torch.isnan(wide(special)), wide(special), out)
        v.add(f"{name} of special values", name, [((special,), narrow(out))])
        v.add(name, name, [((grid[:n],), narrow(function(wide(grid[:n])))) for n in (1, 7)])
    transcendental = {"exp": (torch.exp, EPS * 2, 0), "log": (torch.log, EPS * 2, EPS), "sin": (torch.sin, EPS, EPS), "cos": (torch.cos, EPS, EPS), "tanh": (torch.tanh, EPS * 8, EPS), "erf": (torch.erf, EPS * 4, EPS), "sigmoid": (torch.sigmoid, EPS * 4, 2e-7)}
    for name, (function, relative, absolute) in transcendental.items():
        v.add(f"{name} of special values", name, [((special,), narrow(function(wide(special))))], tolerance=(relative, absolute))
        v.add(name, name, [((grid[:n],), narrow(function(wide(grid[:n])))) for n in (1, 7)], tolerance=(relative, absolute))
    i = np.array([-(2**31), -5, 0, 7, 2**31 - 1], np.int32)
    for name, function in (("abs", torch.abs), ("neg", torch.neg), ("sign", torch.sign), ("relu", F.relu)):
        v.add(f"{name} of int32", name, [((i,), narrow(function(torch.from_numpy(i))))])
    edge = f32(NAN, INF, -INF, 3e9, -3e9, 2147483648.0, 2147483520.0, -2147483648.0, 1.99, -1.99, -0.0, 0.5, 1e-40)
    truncated = np.array([0, 2**31 - 1, -(2**31), 2**31 - 1, -(2**31), 2**31 - 1, 2147483520, -(2**31), 1, -1, 0, 0, 0], np.int32)
    v.add("cast of float32 to int32 saturates", "cast", [((edge,), truncated)], {"to": "int32"})
    nonzero = np.array([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1], np.bool_)
    v.add("cast of float32 to bool", "cast", [((edge,), nonzero)], {"to": "bool"})
    v.add("cast of float32 to itself", "cast", [((edge,), edge)], {"to": "float32"})
    for dtype in ("int32", "bool", "uint8"):
        for to in ("float32", "int32", "bool"):
            x = sample(dtype, 3, 5)
            v.add(f"cast of {dtype} to {to}", "cast", [((x[:n],), x[:n].astype(DTYPES[to])) for n in (1, 3)], {"to": to})
    v.write()


def reduction():
    v = Vectors("reduction")
    torch_of = {"reduceSum": lambda x, d, k: x.sum(d, k), "reduceMean": lambda x, d, k: x.mean(d, k), "reduceMax": lambda x, d, k: x.amax(d, k), "reduceMin": lambda x, d, k: x.amin(d, k)}
    for name, function in torch_of.items():
        sums = name in ("reduceSum", "reduceMean")
        for axes in ([0], [1], [2], [0, 1], [0, 2], [0, 1, 2]):
            for keep in (False, True):
                runs = []
                for n in (1, 5):
                    x = normal(n, 3, 4)
                    runs.append(((x,), narrow(function(wide(x), axes, keep))))
                bound = 60 * EPS * 4 if sums else 0
                v.add(f"{name} over {axes}{', kept' if keep else ''}", name, runs, {"axes": axes, "keepDims": keep}, (0, bound))
        x = normal(2, 3)
        v.add(f"{name} over no axes", name, [((x,), x)], {"axes": [], "keepDims": False})
        if name != "reduceMean":
            x = integers(-100, 100, 4, 5)
            t = torch.from_numpy(x)
            out = t.sum(1, dtype=torch.int32) if name == "reduceSum" else function(t, [1], False)
            v.add(f"{name} of int32", name, [((x,), narrow(out))], {"axes": [1], "keepDims": False})
        special = np.array([[1, NAN, 2], [NAN, 1, 2], [1, 2, NAN], [-INF, -INF, -INF], [INF, 1, 2], [INF, NAN, -INF], [-INF, 3, -2]], np.float32)
        for axis, array in ((1, special), (0, special.T.copy())):
            v.add(f"{name} of special values over axis {axis}", name, [((array,), narrow(function(wide(array), [axis], False)))], {"axes": [axis], "keepDims": False}, (EPS, 0))
    x = np.array([[2**31 - 1] * 3, [16777217, 2, 2], [-(2**31), -1, 0]], np.int32)
    wrapped = x.astype(np.int64).sum(1).astype(np.int32)
    v.add("reduceSum of int32 is exact and wraps", "reduceSum", [((x,), wrapped)], {"axes": [1], "keepDims": False})
    for name, function in (("argMax", np.argmax), ("argMin", np.argmin)):
        for axis in (0, 1, 2):
            for keep in (False, True):
                runs = []
                for n in (1, 4):
                    x = np.round(normal(n, 3, 5) * 2).astype(np.float32)
                    runs.append(((x,), narrow(function(x, axis, keepdims=keep).astype(np.int32))))
                v.add(f"{name} over {axis}{', kept' if keep else ''}", name, runs, {"axis": axis, "keepDims": keep})
        x = integers(-3, 4, 4, 6)
        v.add(f"{name} of int32", name, [((x,), function(x, 1).astype(np.int32))], {"axis": 1, "keepDims": False})
        # NumPy, too, counts a NaN as the largest and the smallest.
        special = np.array([[1, NAN, 2], [NAN, 1, NAN], [INF, 2, NAN], [-INF, -INF, -INF], [3, 3, 1], [0.0, -0.0, 0.0], [INF, INF, 1]], np.float32)
        v.add(f"{name} of special values", name, [((special,), function(special, 1).astype(np.int32))], {"axis": 1, "keepDims": False})
    v.write()


def linear_algebra():
    v = Vectors("linear-algebra")
    for label, left, right in (
        ("matrices", lambda n: (n, 5), lambda n: (5, 3)),
        ("one row", lambda n: (1, n), lambda n: (n, 3)),
        ("a batch", lambda n: (n, 2, 4), lambda n: (n, 4, 3)),
        ("a batch and one matrix", lambda n: (n, 2, 4), lambda n: (4, 3)),
        ("broadcast leading axes", lambda n: (n, 1, 2, 4), lambda n: (3, 4, 2)),
        ("inner size one", lambda n: (n, 1), lambda n: (1, 3)),
    ):
        runs, bound = [], 0.0
        for n in (1, 6):
            x, y = normal(*left(n)), normal(*right(n))
            bound = max(bound, float((wide(x).abs() @ wide(y).abs()).max()) * 8 * EPS)
            runs.append(((x, y), narrow(wide(x) @ wide(y))))
        v.add(f"matmul of {label}", "matmul", runs, {}, (0, bound))
    x, y = np.array([[1, NAN], [INF, 1], [0, 2]], np.float32), np.array([[1, 2], [3, 4]], np.float32)
    v.add("matmul of special values", "matmul", [((x, y), narrow(wide(x) @ wide(y)))])
    v.write()


def movement():
    v = Vectors("movement")
    for dtype in DTYPES:
        def one(name, operator, make, function, attributes, sizes=(1, 3), names=(), dims=None):
            runs = []
            for n in sizes:
                x = make(n)
                runs.append(((x,), narrow(function(x, n))))
            v.add(f"{name} of {dtype}", operator, runs, attributes, names=names, dims=dims)

        one("identity", "identity", lambda n: sample(dtype, n, 2), lambda x, n: x, {})
        one("stopGradient", "stopGradient", lambda n: sample(dtype, n, 2), lambda x, n: x, {})
        one("reshape to a row", "reshape", lambda n: sample(dtype, n, 2, 3), lambda x, n: x.reshape(n, 6), {"shape": ["batch", 6]})
        one("reshape to a matrix", "reshape", lambda n: sample(dtype, n, 6), lambda x, n: x.reshape(n, 3, 2), {"shape": ["batch", 3, 2]})
        one("reshape that moves a name", "reshape", lambda n: sample(dtype, n, 4), lambda x, n: x.reshape(2, n, 2), {"shape": [2, "batch", 2]})
        one("reshape that joins", "reshape", lambda n: sample(dtype, n, 4), lambda x, n: x.reshape(4 * n), {"shape": [{"terms": [{"coefficient": 4, "factors": ["batch"]}]}]}, dims=[{"terms": [{"coefficient": 4, "factors": ["batch"]}]}])
        one("reshape to a scalar", "reshape", lambda n: sample(dtype, 1, 1), lambda x, n: x.reshape(()), {"shape": []}, sizes=(1,))
        one("transpose", "transpose", lambda n: sample(dtype, n, 2, 3), lambda x, n: x.transpose(2, 0, 1), {"permutation": [2, 0, 1]})
        one("transpose of a matrix", "transpose", lambda n: sample(dtype, n, 3), lambda x, n: x.T, {"permutation": [1, 0]})
        one("expand a row", "expand", lambda n: sample(dtype, n, 1, 3), lambda x, n: np.broadcast_to(x, (n, 4, 3)), {"shape": ["batch", 4, 3]})
        one("expand by rank", "expand", lambda n: sample(dtype, 3), lambda x, n: np.broadcast_to(x, (5, 2, 3)), {"shape": [5, 2, 3]}, sizes=(1,))
        one("slice with strides", "slice", lambda n: sample(dtype, n, 6, 5), lambda x, n: x[:, 1:6:2, 0:5:3], {"starts": [0, 1, 0], "sizes": ["batch", 3, 2], "strides": [1, 2, 3]})
        one("slice of one axis", "slice", lambda n: sample(dtype, n, 6), lambda x, n: x[:, 2:5], {"starts": [0, 2], "sizes": ["batch", 3], "strides": [1, 1]})
        border = 1 if dtype == "bool" else 7
        one("pad", "pad", lambda n: sample(dtype, n, 2, 3), lambda x, n: np.pad(x, ((0, 0), (1, 0), (2, 1)), constant_values=border), {"before": [0, 1, 2], "after": [0, 0, 1], "value": border})
        one("pad of the named axis", "pad", lambda n: sample(dtype, n, 2), lambda x, n: np.pad(x, ((1, 2), (0, 0)), constant_values=0), {"before": [1, 0], "after": [2, 0], "value": 0}, dims=[{"terms": [{"coefficient": 1, "factors": ["batch"]}, {"coefficient": 3, "factors": []}]}, 2])
        for axis, shapes in ((1, ((2,), (1,), (3,))), (2, ((2, 1), (2, 4)))):
            runs = []
            for n in (1, 3):
                parts = [sample(dtype, n, *s) for s in shapes]
                runs.append((tuple(parts), narrow(np.concatenate(parts, axis))))
            v.add(f"concat along {axis} of {dtype}", "concat", runs, {"axis": axis})
        for axis in (0, 1):
            runs = []
            for n in (1, 4):
                x, i = sample(dtype, 5, 4, 2), integers(0, 4, n, 2)
                runs.append(((x, i), narrow(np.take(x, i, axis))))
            v.add(f"gather along {axis} of {dtype}", "gather", runs, {"axis": axis}, names=({}, {}, {axis: "batch"}))
        x, i = sample(dtype, 5, 3), np.array(2, np.int32)
        v.add(f"gather at a scalar of {dtype}", "gather", [((x, i), narrow(x[2]))], {"axis": 0})
    for value in (-1.5, INF, NAN):
        x = normal(2, 2)
        v.add(f"pad with {value}", "pad", [((x,), np.pad(x, ((0, 0), (1, 0)), constant_values=value))], {"before": [0, 1], "after": [0, 0], "value": value if np.isfinite(value) else ("NaN" if np.isnan(value) else "Infinity")})
    v.write()


def indexing():
    v = Vectors("indexing")
    # One-hot products, the scatter along the last axis, and scalars: each way to lower.
    for size, rest, count in ((7, (32,), 9), (128, (4, 8), 20), (7, (3,), 9), (130, (2, 3), 30), (9, (), 12), (6, (1, 1), 4)):
        runs = []
        for n in (1, 3):
            i, u = integers(0, size, n, count), normal(n, count, *rest)
            i[0, 1] = i[0, 0]
            out = torch.zeros((size, *rest), dtype=torch.float64)
            out.index_add_(0, torch.from_numpy(i).long().reshape(-1), wide(u).reshape(n * count, *rest))
            runs.append(((i, u), narrow(out)))
        v.add(f"scatterAdd of {list(rest)} into {size} rows", "scatterAdd", runs, {"size": size}, (0, 32 * EPS))
    for depth, shape in ((3, ()), (10, (4,)), (5, (2, 3)), (100, (2,))):
        i = integers(0, depth, *shape) if shape else np.array(1, np.int32)
        v.add(f"oneHot of depth {depth} and shape {list(shape)}", "oneHot", [((i,), (i[..., None] == np.arange(depth)).astype(np.float32))], {"depth": depth})
    i = np.array([-1, 0, 3, 4, 2**31 - 1, -(2**31)], np.int32)
    v.add("oneHot outside its range", "oneHot", [((i,), (i[:, None] == np.arange(4)).astype(np.float32))], {"depth": 4})
    runs = [((i,), (i[:, None] == np.arange(4)).astype(np.float32)) for i in (integers(0, 4, 1), integers(0, 4, 6))]
    v.add("oneHot of a batch", "oneHot", runs, {"depth": 4})
    v.write()


def composite():
    v = Vectors("composite")
    special = f32(NAN, INF, -INF, 0.0, -0.0, 1.5, -2.5, 100, -100, 3e4, -3e4, 0.7, -0.3)
    x = normal(6, 11, scale=3.0)

    def both(name, function, attributes=None, tolerance=(EPS * 4, EPS * 2)):
        v.add(f"{name} of special values", name, [((special,), narrow(function(wide(special))))], attributes, tolerance)
        v.add(name, name, [((x[:n],), narrow(function(wide(x[:n])))) for n in (1, 6)], attributes, tolerance)

    both("softplus", F.softplus)
    both("gelu", lambda t: t / 2 * (1 + torch.erf(t / 2**0.5)), tolerance=(EPS * 4, EPS * 4))
    for alpha in (1.0, 0.3):
        both("elu", lambda t: torch.where(t > 0, t, alpha * torch.expm1(t)), {"alpha": alpha})
    for alpha in (0.01, 0.2):
        exactly = float(np.float32(alpha))
        both("leakyRelu", lambda t: torch.where(t > 0, t, exactly * t), {"alpha": alpha}, (EPS, 0))
    both("step", lambda t: torch.where(torch.isnan(t), t, torch.where(t >= 0, 1.0, -1.0).double()), tolerance=(0, 0))
    for name, function in (("softmax", torch.softmax), ("logSoftmax", torch.log_softmax)):
        for axis in (0, 1, 2):
            runs = []
            for n in (1, 4):
                y = normal(n, 3, 5, scale=4.0)
                runs.append(((y,), narrow(function(wide(y), axis))))
            v.add(f"{name} along {axis}", name, runs, {"axis": axis}, (EPS * 8, EPS * 8))
        y = np.array([[1000, 0, -1000], [-1e30, -1e30, -1e30], [88, 89, 90]], np.float32)
        v.add(f"{name} of large numbers", name, [((y,), narrow(function(wide(y), 1)))], {"axis": 1}, (EPS * 4, EPS * 4))
        y = np.array([[1, NAN, 2], [INF, 1, 2], [-INF, 1, 2]], np.float32)
        v.add(f"{name} of special values", name, [((y,), narrow(function(wide(y), 1)))], {"axis": 1}, (EPS * 4, EPS * 4))
    a, b = normal(4), normal(4)
    v.add("straightThrough", "straightThrough", [((a, b), a)])
    v.write()


def image(array):
    return wide(array).permute(0, 3, 1, 2)


def nhwc(tensor):
    return narrow(tensor.permute(0, 2, 3, 1).contiguous())


CONVOLUTIONS = [
    # label, height, width, channels, filters, window, strides, padding, dilations, groups
    ("plain", 5, 6, 2, 3, (3, 3), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    ("one by one", 4, 3, 3, 2, (1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    ("one channel", 6, 6, 1, 4, (3, 3), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    ("same padding", 5, 4, 2, 3, (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    ("uneven padding", 5, 4, 2, 3, (2, 4), (1, 1), ((0, 1), (2, 1)), (1, 1), 1),
    ("more padding than window", 4, 4, 2, 2, (2, 2), (1, 1), ((2, 1), (3, 2)), (1, 1), 1),
    ("strides", 7, 7, 2, 3, (3, 3), (2, 2), ((0, 0), (0, 0)), (1, 1), 1),
    ("strides with a remainder", 8, 6, 2, 3, (3, 3), (2, 2), ((0, 0), (0, 0)), (1, 1), 1),
    ("strides, padding and a remainder", 8, 9, 2, 3, (3, 3), (3, 2), ((1, 1), (1, 0)), (1, 1), 1),
    ("strides above the window", 7, 8, 1, 2, (2, 1), (3, 3), ((0, 0), (0, 0)), (1, 1), 1),
    ("one by one with strides", 5, 6, 17, 2, (1, 1), (2, 2), ((0, 0), (0, 0)), (1, 1), 1),
    ("dilations", 7, 8, 2, 3, (3, 2), (1, 1), ((0, 0), (0, 0)), (2, 3), 1),
    ("dilations and padding", 6, 6, 2, 2, (3, 3), (1, 1), ((2, 2), (2, 2)), (2, 2), 1),
    ("dilations and strides", 9, 8, 2, 2, (3, 2), (2, 3), ((1, 0), (0, 1)), (2, 3), 1),
    ("groups", 5, 5, 4, 6, (3, 3), (1, 1), ((1, 1), (0, 0)), (1, 1), 2),
    ("depthwise", 5, 6, 3, 3, (3, 3), (1, 1), ((0, 0), (0, 0)), (1, 1), 3),
    ("depthwise with a multiplier and strides", 6, 7, 2, 4, (3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1), 2),
    ("groups, dilations and strides", 8, 8, 4, 4, (2, 3), (2, 1), ((1, 1), (2, 2)), (2, 2), 2),
    ("many channels", 4, 5, 17, 2, (3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 1),
    ("many channels with strides", 6, 5, 18, 2, (3, 2), (2, 2), ((1, 0), (0, 1)), (1, 1), 1),
    ("many channels in groups", 4, 4, 32, 2, (2, 2), (1, 1), ((0, 0), (0, 0)), (1, 1), 2),
    ("sixty-four channels", 4, 3, 64, 2, (3, 2), (1, 1), ((1, 0), (0, 1)), (1, 1), 1),
    ("sixty-four channels, dilations", 5, 3, 64, 2, (2, 2), (1, 1), ((0, 0), (1, 1)), (2, 2), 1),
    ("sixty-four channels, more padding than window", 2, 2, 64, 1, (1, 2), (1, 1), ((1, 0), (0, 0)), (1, 1), 1),
    ("window of the image's size", 3, 4, 2, 3, (3, 4), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
]


def pad_image(x, padding, value=0.0):
    (top, bottom), (left, right) = padding
    return F.pad(x, (left, right, top, bottom), value=value)


def convolution():
    v = Vectors("convolution")
    for label, h, w, c, o, k, s, p, d, g in CONVOLUTIONS:
        attributes = {"strides": s, "padding": p, "dilations": d, "groups": g}
        forward, back_x, back_w, bounds = [], [], [], [0.0, 0.0, 0.0]
        filters = coarse(k[0], k[1], c // g, o)
        for n in (1, 3):
            x = coarse(n, h, w, c)

            def conv(xt, wt):
                return F.conv2d(pad_image(xt, p), wt, stride=s, dilation=d, groups=g)

            def gradients(xa, wa, ga):
                xt, wt = image(xa).contiguous().clone().requires_grad_(True), wide(wa).permute(3, 2, 0, 1).contiguous().clone().requires_grad_(True)
                y = conv(xt, wt)
                dy = torch.ones_like(y) if ga is None else image(ga)
                dx, dw = torch.autograd.grad(y, (xt, wt), dy)
                return y, dx, dw

            y = gradients(x, filters, None)[0]
            dy = coarse(*nhwc(y).shape)
            _, dx, dw = gradients(x, filters, dy)
            terms = gradients(np.abs(x), np.abs(filters), np.abs(dy))
            bounds = [max(b, float(t.detach().max()) * 16 * EPS) for b, t in zip(bounds, terms)]
            forward.append(((x, filters), nhwc(y)))
            back_x.append(((dy, filters), nhwc(dx)))
            back_w.append(((x, dy), narrow(dw.permute(2, 3, 1, 0))))
        v.add(f"conv2d, {label}", "conv2d", forward, attributes, (0, bounds[0]))
        v.add(f"conv2dInputGradient, {label}", "conv2dInputGradient", back_x, {**attributes, "inputSize": [h, w]}, (0, bounds[1]))
        v.add(f"conv2dFilterGradient, {label}", "conv2dFilterGradient", back_w, {**attributes, "filterSize": k}, (0, bounds[2]))
    v.write()


POOLINGS = [
    # label, height, width, channels, window, strides, padding
    ("tiles", 4, 6, 3, (2, 2), (2, 2), ((0, 0), (0, 0))),
    ("tiles with a remainder", 5, 7, 2, (2, 3), (2, 3), ((0, 0), (0, 0))),
    ("one channel", 6, 4, 1, (2, 2), (2, 2), ((0, 0), (0, 0))),
    ("overlapping windows", 5, 6, 2, (3, 3), (1, 1), ((0, 0), (0, 0))),
    ("overlapping windows with strides", 7, 8, 2, (3, 3), (2, 2), ((0, 0), (0, 0))),
    ("padding", 5, 5, 2, (3, 3), (2, 2), ((1, 1), (1, 1))),
    ("uneven padding", 5, 4, 2, (2, 3), (1, 2), ((1, 0), (0, 2))),
    ("padding of disjoint windows", 4, 5, 2, (2, 2), (2, 2), ((1, 1), (1, 0))),
    ("gaps between windows", 8, 7, 2, (2, 1), (3, 2), ((0, 0), (0, 0))),
    ("the whole image", 4, 3, 3, (4, 3), (1, 1), ((0, 0), (0, 0))),
    ("the whole image as a tile", 4, 3, 2, (4, 3), (4, 3), ((0, 0), (0, 0))),
    ("single elements", 3, 4, 2, (1, 1), (1, 1), ((0, 0), (0, 0))),
]


def pooling():
    v = Vectors("pooling")
    for label, h, w, c, k, s, p in POOLINGS:
        attributes = {"windowSize": k, "strides": s, "padding": p}
        cases = {name: [] for name in ("averagePool2d", "averagePool2dGradient", "maxPool2d", "maxPool2dGradient", "maxPool2dSelect")}
        tied, tied_select = [], []
        for n in (1, 3):
            x, other = coarse(n, h, w, c), coarse(n, h, w, c)
            ones = torch.ones(1, 1, h, w, dtype=torch.float64)
            counts = F.avg_pool2d(pad_image(ones, p), k, s, divisor_override=1)

            def average(t):
                return F.avg_pool2d(pad_image(t, p), k, s, divisor_override=1) / counts

            def maximum(t):
                return F.max_pool2d(pad_image(t, p, -INF), k, s, return_indices=True)

            xt = image(x).clone().requires_grad_(True)
            y = average(xt)
            dy = coarse(*nhwc(y).shape)
            cases["averagePool2d"].append(((x,), nhwc(y)))
            cases["averagePool2dGradient"].append(((dy,), nhwc(torch.autograd.grad(y, xt, image(dy))[0])))
            for source, gradient, select in ((x, cases["maxPool2dGradient"], cases["maxPool2dSelect"]), (np.maximum(np.round(x), 0), tied, tied_select)):
                xt = image(source).clone().requires_grad_(True)
                z, at = maximum(xt)
                if source is x:
                    cases["maxPool2d"].append(((x,), nhwc(z)))
                gradient.append(((source, dy), nhwc(torch.autograd.grad(z, xt, image(dy))[0])))
                padded = pad_image(image(other), p).flatten(2)
                picked = torch.gather(padded, 2, at.flatten(2)).reshape(z.shape)
                select.append(((source, other), nhwc(picked)))
        bound = {"averagePool2d": 64 * EPS, "averagePool2dGradient": 64 * EPS, "maxPool2dGradient": 64 * EPS}
        for name, runs in cases.items():
            extra = {"inputSize": [h, w]} if name == "averagePool2dGradient" else {}
            v.add(f"{name}, {label}", name, runs, {**attributes, **extra}, (0, bound.get(name, 0)))
        v.add(f"maxPool2dGradient with ties, {label}", "maxPool2dGradient", tied, attributes, (0, 64 * EPS))
        v.add(f"maxPool2dSelect with ties, {label}", "maxPool2dSelect", tied_select, attributes)
    x = np.full((1, 4, 4, 1), -INF, np.float32)
    x[0, 1, 1, 0], x[0, 3, 2, 0] = 2, INF
    attributes = {"windowSize": [2, 2], "strides": [2, 2], "padding": [[0, 0], [0, 0]]}
    v.add("maxPool2d of infinities", "maxPool2d", [((x,), nhwc(F.max_pool2d(image(x), 2)))], attributes)
    v.write()


elementwise()
reduction()
linear_algebra()
movement()
indexing()
composite()
convolution()
pooling()

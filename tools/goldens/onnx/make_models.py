"""Writes the ONNX files and expected values that packages/onnx/test compares with.

Run from the repository root, with onnx, onnxruntime, numpy and protobuf installed:

    python tools/goldens/onnx/make_models.py

Everything is made by the official Python packages. `dense.onnx`, `control-flow.onnx` and
`tensor-types.onnx` pass the checker with full_check; the first two also run in onnxruntime.
`every-field.onnx` sets every field of every message and means nothing. `goldens.json` holds the
versions, the schema as the Python package knows it, each file's sha256 and its content.
"""

import hashlib
import json
import pathlib

import google.protobuf
import ml_dtypes
import numpy as np
import onnx
import onnxruntime as ort
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor as Field
from onnx import TensorProto, helper, numpy_helper

TARGET = pathlib.Path("packages/onnx/test/fixtures")
OPSET = 18
IR_VERSION = 8


def make_model(graph, **fields):
    return helper.make_model(
        graph,
        producer_name="etalon",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
        **fields,
    )


def raw_tensor(name, array):
    return helper.make_tensor(
        name,
        helper.np_dtype_to_tensor_dtype(array.dtype),
        array.shape,
        array.astype(array.dtype.newbyteorder("<")).tobytes(),
        raw=True,
    )


def dense():
    """relu(x · w + b) with a named batch, metadata, documentation and every plain attribute kind."""
    weights = (np.arange(12, dtype=np.float32).reshape(4, 3) - 5) / 4
    bias = np.array([0.5, -0.25, 0.125], np.float32)
    nodes = [
        helper.make_node(
            "Gemm", ["x", "dense_1/kernel", "dense_1/bias"], ["dense_1/z"],
            name="dense_1 › gemm", alpha=1.5, transB=0,
        ),
        helper.make_node("Relu", ["dense_1/z"], ["dense_1/y"], name="dense_1 › relu", doc_string="activation"),
        helper.make_node("Constant", [], ["axes"], value=raw_tensor("", np.array([1], np.int64))),
        helper.make_node("ReduceSum", ["dense_1/y", "axes"], ["sum"], name="sum", keepdims=0),
        helper.make_node("Transpose", ["dense_1/y"], ["y"], name="transpose", perm=[1, 0]),
        helper.make_node("Constant", [], ["scales"], value_floats=[0.5, -1.5]),
        helper.make_node("ConstantOfShape", ["axes"], ["zeros"]),
        helper.make_node("Concat", ["scales", "zeros"], ["extra"], axis=0),
        helper.make_node("DepthToSpace", ["blocks"], ["space"], blocksize=2, mode="CRD"),
    ]
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4], doc_string="rows"),
        helper.make_tensor_value_info("blocks", TensorProto.FLOAT, ["batch", 4, None, None]),
    ]
    outputs = [
        helper.make_tensor_value_info("y", TensorProto.FLOAT, [3, "batch"]),
        helper.make_tensor_value_info("sum", TensorProto.FLOAT, ["batch"]),
        helper.make_tensor_value_info("extra", TensorProto.FLOAT, [3]),
        helper.make_tensor_value_info("space", TensorProto.FLOAT, ["batch", 1, None, None]),
    ]
    initializers = [raw_tensor("dense_1/kernel", weights), raw_tensor("dense_1/bias", bias)]
    intermediate = [
        helper.make_tensor_value_info("dense_1/z", TensorProto.FLOAT, ["batch", 3]),
        helper.make_tensor_value_info("dense_1/y", TensorProto.FLOAT, None),
    ]
    graph = helper.make_graph(
        nodes, "dense", inputs, outputs, initializers, doc_string="Dense — ünïcode ✓", value_info=intermediate
    )
    model = make_model(graph, producer_version="0.0.0", doc_string="Golden model")
    helper.set_model_props(model, {"etalon.program": "dense", "author": "", "ключ": "значение"})
    feeds = {
        "x": np.array([[1, 2, 3, 4], [0, -1, 0.5, 2]], np.float32),
        "blocks": np.arange(8, dtype=np.float32).reshape(2, 4, 1, 1),
    }
    return model, feeds


def control_flow():
    """Loop whose body holds an If; bodies read names of the outer graph."""
    then_branch = helper.make_graph(
        [helper.make_node("Add", ["carried", "increment"], ["grown"])], "then", [],
        [helper.make_tensor_value_info("grown", TensorProto.FLOAT, [2])],
    )
    else_branch = helper.make_graph(
        [helper.make_node("Sub", ["carried", "increment"], ["shrunk"])], "else", [],
        [helper.make_tensor_value_info("shrunk", TensorProto.FLOAT, [2])],
    )
    body = helper.make_graph(
        [
            helper.make_node("Less", ["iteration", "turn"], ["early"]),
            helper.make_node("If", ["early"], ["next"], then_branch=then_branch, else_branch=else_branch),
            helper.make_node("Identity", ["next"], ["stacked"]),
            helper.make_node("Identity", ["condition"], ["condition_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("iteration", TensorProto.INT64, []),
            helper.make_tensor_value_info("condition", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried", TensorProto.FLOAT, [2]),
        ],
        [
            helper.make_tensor_value_info("condition_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, [2]),
            helper.make_tensor_value_info("stacked", TensorProto.FLOAT, [2]),
        ],
        [raw_tensor("turn", np.array(3, np.int64))],
    )
    graph = helper.make_graph(
        [helper.make_node("Loop", ["trips", "go", "start"], ["final", "history"], name="scan_1", body=body)],
        "control_flow",
        [
            helper.make_tensor_value_info("start", TensorProto.FLOAT, [2]),
            helper.make_tensor_value_info("trips", TensorProto.INT64, []),
        ],
        [
            helper.make_tensor_value_info("final", TensorProto.FLOAT, [2]),
            helper.make_tensor_value_info("history", TensorProto.FLOAT, ["time", 2]),
        ],
        [
            raw_tensor("increment", np.array([1, 0.5], np.float32)),
            raw_tensor("go", np.array(True)),
        ],
    )
    feeds = {"start": np.array([10, 20], np.float32), "trips": np.array(5, np.int64)}
    return make_model(graph), feeds


def tensor_types():
    """One initializer per element type, in raw_data where it is allowed and in its list."""
    numbers = {
        "FLOAT": np.array([0, -0.0, 1.5, np.inf, -np.inf, 4096.25], np.float32),
        "DOUBLE": np.array([0.1, -1e300, np.inf], np.float64),
        "INT8": np.array([-128, 0, 127], np.int8),
        "UINT8": np.array([0, 128, 255], np.uint8),
        "INT16": np.array([-32768, 0, 32767], np.int16),
        "UINT16": np.array([0, 32768, 65535], np.uint16),
        "INT32": np.array([-(2**31), -1, 2**31 - 1], np.int32),
        "UINT32": np.array([0, 2**31, 2**32 - 1], np.uint32),
        "INT64": np.array([-(2**63), -1, 2**63 - 1], np.int64),
        "UINT64": np.array([0, 2**63, 2**64 - 1], np.uint64),
        "BOOL": np.array([True, False, True]),
        "FLOAT16": np.array([1.5, -np.inf, 65504], np.float16),
        "BFLOAT16": np.array([1.5, -2, 3e38], ml_dtypes.bfloat16),
        "COMPLEX64": np.array([1 + 2j, -0.5j], np.complex64),
        "COMPLEX128": np.array([1 + 2j, -0.5j], np.complex128),
        "FLOAT8E4M3FN": np.array([1.5, -2, 448], ml_dtypes.float8_e4m3fn),
        "FLOAT8E4M3FNUZ": np.array([1.5, -2, 240], ml_dtypes.float8_e4m3fnuz),
        "FLOAT8E5M2": np.array([1.5, -2, 57344], ml_dtypes.float8_e5m2),
        "FLOAT8E5M2FNUZ": np.array([1.5, -2, 57344], ml_dtypes.float8_e5m2fnuz),
        "FLOAT8E8M0": np.array([1, 2, 0.5], ml_dtypes.float8_e8m0fnu),
        "UINT4": np.array([1, 15, 0], ml_dtypes.uint4),
        "INT4": np.array([-8, 7, 0], ml_dtypes.int4),
        "FLOAT4E2M1": np.array([1.5, -6, 0], ml_dtypes.float4_e2m1fn),
        "UINT2": np.array([3, 1, 0], ml_dtypes.uint2),
        "INT2": np.array([-2, 1, 0], ml_dtypes.int2),
    }
    tensors, elements = [], {}
    for name, array in numbers.items():
        data_type = getattr(TensorProto, name)
        raw = numpy_helper.from_array(array, f"{name}.raw")
        assert raw.data_type == data_type and raw.raw_data, name
        listed = helper.make_tensor(f"{name}.list", data_type, array.shape, array.flatten().tolist())
        assert not listed.raw_data, name
        tensors += [raw, listed]
        for tensor in (raw, listed):
            assert numpy_helper.to_array(tensor).tobytes() == array.tobytes(), tensor.name
            elements[tensor.name] = texts(array)
    tensors.append(helper.make_tensor("STRING.list", TensorProto.STRING, [2], ["plain", "ünïcode"]))
    tensors.append(raw_tensor("scalar", np.array(7, np.int32)))
    tensors.append(raw_tensor("matrix", np.arange(6, dtype=np.float32).reshape(2, 3)))
    tensors.append(raw_tensor("empty", np.zeros((2, 0, 3), np.float32)))
    for name in ("scalar", "matrix", "empty"):
        tensor = next(t for t in tensors if t.name == name)
        elements[name] = texts(numpy_helper.to_array(tensor))
    missing = set(TensorProto.DataType.keys()) - {t.name.split(".")[0] for t in tensors}
    assert missing == {"UNDEFINED", "FLOAT6E2M3", "FLOAT6E3M2"}, missing
    output = helper.make_tensor_value_info("matrix", TensorProto.FLOAT, [2, 3])
    graph = helper.make_graph([], "tensor_types", [], [output], tensors)
    model = helper.make_model(
        graph, producer_name="etalon", ir_version=13, opset_imports=[helper.make_opsetid("", OPSET)]
    )
    return model, elements


def texts(array):
    """Elements as text, since JSON has neither 64-bit integers nor infinities; 16-bit floats as bits."""
    flat = array.flatten()
    if flat.dtype in (np.float16, ml_dtypes.bfloat16):
        flat = flat.view(np.uint16)
    if flat.dtype == np.bool_:
        flat = flat.astype(np.uint8)
    return [repr(v) if isinstance(v, float) else str(v) for v in flat.tolist()]


SAMPLES = {
    Field.TYPE_FLOAT: [1.5, -0.0, 4096.25, float("inf")],
    Field.TYPE_DOUBLE: [0.1, -1e300, 5e-324],
    Field.TYPE_INT32: [1, -(2**31), 2**31 - 1, 300],
    Field.TYPE_INT64: [1, -(2**63), 2**63 - 1, 2**53 + 1, -1, 2**32],
    Field.TYPE_UINT64: [1, 2**64 - 1, 2**63],
    Field.TYPE_STRING: ["text", "", "ünïcode ✓ 🙂", "x" * 40],
    Field.TYPE_BYTES: [b"bytes", b"", bytes(range(256))],
}


def fill(message, seen, counter):
    """Sets every field; a message field is filled in full where it is met first, then left empty."""
    for field in message.DESCRIPTOR.fields:
        if field.containing_oneof is not None:
            continue
        set_field(message, field, seen, counter)
    for oneof in message.DESCRIPTOR.oneofs:
        fresh = [f for f in oneof.fields if f.full_name not in seen] or oneof.fields
        set_field(message, fresh[0], seen, counter)


def set_field(message, field, seen, counter):
    if field.type == Field.TYPE_MESSAGE:
        first = field.full_name not in seen
        seen.add(field.full_name)
        if field.is_repeated:
            child = getattr(message, field.name).add()
            if first:
                fill(child, seen, counter)
                for _ in range(max([0] + [len(o.fields) - 1 for o in field.message_type.oneofs])):
                    fill(getattr(message, field.name).add(), seen, counter)
        elif first:
            fill(getattr(message, field.name), seen, counter)
        else:
            getattr(message, field.name).SetInParent()
        return
    seen.add(field.full_name)
    if field.type == Field.TYPE_ENUM:
        values = [v.number for v in field.enum_type.values]
    else:
        values = SAMPLES[field.type]
    if field.is_repeated:
        getattr(message, field.name).extend(values)
    else:
        counter[0] += 1
        setattr(message, field.name, values[counter[0] % len(values)])


def every_field():
    model, seen = onnx.ModelProto(), set()
    fill(model, seen, [0])
    every = {f.full_name for m in messages() for f in m.fields}
    # A oneof holds one of its fields at a time, and a lone TypeProto cannot show all: add the rest.
    type_proto = onnx.TypeProto.DESCRIPTOR
    for field in type_proto.oneofs_by_name["value"].fields:
        info = model.graph.value_info.add()
        seen.discard(field.full_name)
        set_field(info.type, field, seen, [0])
    assert seen == every, every ^ seen
    return model


def messages():
    def walk(message):
        yield message
        for nested in message.nested_types:
            yield from walk(nested)

    for message in onnx.ModelProto.DESCRIPTOR.file.message_types_by_name.values():
        yield from walk(message)


def schema():
    """Number, type, repetition and packing of every field; number of every enum value."""
    names = {v: k[5:].lower() for k, v in vars(Field).items() if k.startswith("TYPE_")}
    fields, enums = {}, {}
    file = onnx.ModelProto.DESCRIPTOR.file
    for message in messages():
        fields[message.full_name] = {
            f.name: [f.number, names[f.type], f.is_repeated, f.is_packed] for f in message.fields
        }
        for enum in message.enum_types:
            enums[enum.full_name] = {v.name: v.number for v in enum.values}
    for enum in file.enum_types_by_name.values():
        enums[enum.full_name] = {v.name: v.number for v in enum.values}
    return {"messages": fields, "enums": enums}


def content(model):
    """The model as protobuf's own JSON mapping; every float here is exact in six digits."""
    return json_format.MessageToDict(model)


def run(path, feeds):
    session = ort.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    values = session.run(names, feeds)
    record = lambda a: {"dims": list(a.shape), "dtype": str(a.dtype), "data": a.flatten().tolist()}
    return {
        "feeds": {k: record(v) for k, v in feeds.items()},
        "outputs": {k: record(v) for k, v in zip(names, values)},
    }


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    files = {}

    def write(name, model, checked, feeds=None, elements=None):
        data = model.SerializeToString(deterministic=True)
        path = TARGET / f"{name}.onnx"
        path.write_bytes(data)
        if checked:
            onnx.checker.check_model(data, full_check=True)
        files[name] = {
            "sha256": hashlib.sha256(data).hexdigest(),
            "checkedByOnnx": checked,
            "content": content(model),
        }
        if feeds is not None:
            files[name]["onnxruntime"] = run(path, feeds)
        if elements is not None:
            files[name]["elements"] = elements

    model, feeds = dense()
    write("dense", model, True, feeds=feeds)
    model, feeds = control_flow()
    write("control-flow", model, True, feeds=feeds)
    model, elements = tensor_types()
    write("tensor-types", model, True, elements=elements)
    write("every-field", every_field(), False)

    goldens = {
        "script": "tools/goldens/onnx/make_models.py",
        "versions": {
            "onnx": onnx.__version__,
            "onnxruntime": ort.__version__,
            "protobuf": google.protobuf.__version__,
            "numpy": np.__version__,
            "ml_dtypes": ml_dtypes.__version__,
        },
        "schema": schema(),
        "files": files,
    }
    (TARGET / "goldens.json").write_text(json.dumps(goldens, indent=1, ensure_ascii=False) + "\n")


main()

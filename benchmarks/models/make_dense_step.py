"""Writes dense-step.onnx: one training step of a 784-128-64-10 network by Adam, written by hand.

The peer of the benchmark `dense-step`: what an expert would write in plain ONNX operators, without Etalon. Forward by
Gemm and Relu, loss by LogSoftmax, gradient of the logits as (softmax - one-hot) / batch, backward by Gemm with transposed
operands, one Adam update per parameter. Needs the pip package onnx (made with 1.23.1).
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
LAYERS = [(784, 128), (128, 64), (64, 10)]
BETA1, BETA2, EPSILON, RATE = 0.9, 0.999, 1e-8, 1e-3

nodes, inputs, outputs, initializers = [], [], [], []


def node(op, operands, output, **attributes):
    nodes.append(helper.make_node(op, operands, [output], **attributes))
    return output


def constant(name, value, dtype=np.float32):
    initializers.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
    return name


def declare(where, name, kind, shape):
    where.append(helper.make_tensor_value_info(name, kind, shape))
    return name


x = declare(inputs, "x", TensorProto.FLOAT, ["batch", 784])
label = declare(inputs, "label", TensorProto.INT32, ["batch"])
t = declare(inputs, "t", TensorProto.FLOAT, [])

shapes = {}
for index, (rows, columns) in enumerate(LAYERS):
    shapes[f"w{index}"] = [rows, columns]
    shapes[f"b{index}"] = [columns]
for prefix in ("", "m_", "v_"):
    for name, shape in shapes.items():
        declare(inputs, prefix + name, TensorProto.FLOAT, shape)
        declare(outputs, f"{prefix}{name}.next", TensorProto.FLOAT, shape)

# Forward
hidden = [x]
for index in range(len(LAYERS)):
    z = node("Gemm", [hidden[-1], f"w{index}", f"b{index}"], f"z{index}")
    hidden.append(node("Relu", [z], f"h{index}") if index < len(LAYERS) - 1 else z)
log_probabilities = node("LogSoftmax", [hidden[-1]], "log_probabilities", axis=1)
depth = constant("depth", 10, np.int64)
values = constant("values", [0.0, 1.0])
label64 = node("Cast", [label], "label64", to=TensorProto.INT64)
one_hot = node("OneHot", [label64, depth, values], "one_hot", axis=1)
picked = node("Mul", [log_probabilities, one_hot], "picked")
class_axis = constant("class_axis", [1], np.int64)
summed = node("ReduceSum", [picked, class_axis], "summed", keepdims=0)
batch_axis = constant("batch_axis", [0], np.int64)
mean = node("ReduceMean", [summed, batch_axis], "mean", keepdims=0)
loss = node("Neg", [mean], "loss")
declare(outputs, "loss", TensorProto.FLOAT, [])

# Backward
shape = node("Shape", [label], "batch_shape")
count = node("Cast", [shape], "count", to=TensorProto.FLOAT)
probabilities = node("Exp", [log_probabilities], "probabilities")
delta = node("Sub", [probabilities, one_hot], "delta_sum")
delta = node("Div", [delta, count], "delta2")
gradients = {}
zero = constant("zero", 0.0)
for index in reversed(range(len(LAYERS))):
    gradients[f"w{index}"] = node("Gemm", [hidden[index], delta], f"g_w{index}", transA=1)
    gradients[f"b{index}"] = node("ReduceSum", [delta, batch_axis], f"g_b{index}", keepdims=0)
    if index == 0:
        break
    back = node("Gemm", [delta, f"w{index}"], f"back{index}", transB=1)
    mask = node("Greater", [hidden[index], zero], f"mask{index}")
    mask = node("Cast", [mask], f"mask_float{index}", to=TensorProto.FLOAT)
    delta = node("Mul", [back, mask], f"delta{index - 1}")

# Adam, algorithm 1 of Kingma and Ba 2015
beta1, beta2 = constant("beta1", BETA1), constant("beta2", BETA2)
rest1, rest2 = constant("rest1", 1 - BETA1), constant("rest2", 1 - BETA2)
one, rate, epsilon = constant("one", 1.0), constant("rate", RATE), constant("epsilon", EPSILON)
correction1 = node("Sub", [one, node("Pow", [beta1, t], "power1")], "correction1")
correction2 = node("Sub", [one, node("Pow", [beta2, t], "power2")], "correction2")
scale = node("Div", [rate, correction1], "scale")
root2 = node("Sqrt", [correction2], "root2")
for name, g in gradients.items():
    m = node("Add", [node("Mul", [f"m_{name}", beta1], f"m1_{name}"), node("Mul", [g, rest1], f"m2_{name}")], f"m_{name}.next")
    squared = node("Mul", [g, g], f"g2_{name}")
    v = node("Add", [node("Mul", [f"v_{name}", beta2], f"v1_{name}"), node("Mul", [squared, rest2], f"v2_{name}")], f"v_{name}.next")
    root = node("Div", [node("Sqrt", [v], f"root_{name}"), root2], f"corrected_{name}")
    bottom = node("Add", [root, epsilon], f"bottom_{name}")
    step = node("Div", [node("Mul", [m, scale], f"top_{name}"), bottom], f"step_{name}")
    node("Sub", [name, step], f"{name}.next")

graph = helper.make_graph(nodes, "dense step by hand", inputs, outputs, initializers)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
onnx.checker.check_model(model, full_check=True)
onnx.save(model, pathlib.Path(__file__).with_name("dense-step.onnx"))

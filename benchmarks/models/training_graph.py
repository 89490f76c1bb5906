"""Parts that the hand-made training graphs share: plain ONNX operators, put together as an expert would, without Etalon.

Needs the pip package onnx (the graphs beside this file were made with 1.23.1 and numpy 2.4.6).
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
BETA1, BETA2, EPSILON, RATE = 0.9, 0.999, 1e-8, 1e-3
CLASSES = 10


class Graph:
    """Nodes, inputs and outputs in the order in which they were added; constants by name."""

    def __init__(self):
        self.nodes, self.inputs, self.outputs, self.initializers = [], [], [], []

    def node(self, op, operands, output, **attributes):
        self.nodes.append(helper.make_node(op, operands, [output], **attributes))
        return output

    def constant(self, name, value, dtype=np.float32):
        if all(tensor.name != name for tensor in self.initializers):
            self.initializers.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def input(self, name, kind, shape):
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name, kind, shape):
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def build(self, name):
        return helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.initializers)


def save(graph, file):
    """Checks a graph and writes it beside this file."""
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, pathlib.Path(__file__).with_name(file))


def state_shapes(parameters):
    """Shapes of all that Adam carries from step to step: parameters, first and second moments."""
    return {prefix + name: shape for prefix in ("", "m_", "v_") for name, shape in parameters.items()}


def dense_parameters(layers):
    shapes = {}
    for index, (rows, columns) in enumerate(layers):
        shapes[f"w{index}"] = [rows, columns]
        shapes[f"b{index}"] = [columns]
    return shapes


def cross_entropy(graph, logits, label):
    """Mean cross entropy of int32 labels. Returns the loss and its gradient, (softmax - one-hot) / batch."""
    node, constant = graph.node, graph.constant
    log_probabilities = node("LogSoftmax", [logits], "log_probabilities", axis=1)
    depth = constant("depth", CLASSES, np.int64)
    values = constant("values", [0.0, 1.0])
    label64 = node("Cast", [label], "label64", to=TensorProto.INT64)
    one_hot = node("OneHot", [label64, depth, values], "one_hot", axis=1)
    picked = node("Mul", [log_probabilities, one_hot], "picked")
    class_axis = constant("class_axis", [1], np.int64)
    summed = node("ReduceSum", [picked, class_axis], "summed", keepdims=0)
    batch_axis = constant("batch_axis", [0], np.int64)
    mean = node("ReduceMean", [summed, batch_axis], "mean", keepdims=0)
    loss = node("Neg", [mean], "loss")
    shape = node("Shape", [label], "batch_shape")
    count = node("Cast", [shape], "count", to=TensorProto.FLOAT)
    probabilities = node("Exp", [log_probabilities], "probabilities")
    delta = node("Sub", [probabilities, one_hot], "delta_sum")
    return loss, node("Div", [delta, count], "delta_logits")


def relu_mask(graph, activation, name):
    """1.0 where an activation is above zero."""
    mask = graph.node("Greater", [activation, graph.constant("zero", 0.0)], f"mask_{name}")
    return graph.node("Cast", [mask], f"mask_float_{name}", to=TensorProto.FLOAT)


def dense_gradients(graph, x, label, count):
    """Forward and backward pass of `count` dense layers with relu between them. Returns loss and gradients by name."""
    node = graph.node
    hidden = [x]
    for index in range(count):
        z = node("Gemm", [hidden[-1], f"w{index}", f"b{index}"], f"z{index}")
        hidden.append(node("Relu", [z], f"h{index}") if index < count - 1 else z)
    loss, delta = cross_entropy(graph, hidden[-1], label)
    gradients = {}
    batch_axis = graph.constant("batch_axis", [0], np.int64)
    for index in reversed(range(count)):
        gradients[f"w{index}"] = node("Gemm", [hidden[index], delta], f"g_w{index}", transA=1)
        gradients[f"b{index}"] = node("ReduceSum", [delta, batch_axis], f"g_b{index}", keepdims=0)
        if index == 0:
            break
        back = node("Gemm", [delta, f"w{index}"], f"back{index}", transB=1)
        delta = node("Mul", [back, relu_mask(graph, hidden[index], f"h{index}")], f"delta{index - 1}")
    return loss, gradients


def adam(graph, gradients, t):
    """Algorithm 1 of Kingma and Ba 2015: from `w0`, `m_w0` and `v_w0` to `w0.next` and so on."""
    node, constant = graph.node, graph.constant
    beta1, beta2 = constant("beta1", BETA1), constant("beta2", BETA2)
    rest1, rest2 = constant("rest1", 1 - BETA1), constant("rest2", 1 - BETA2)
    one, rate, epsilon = constant("one", 1.0), constant("rate", RATE), constant("epsilon", EPSILON)
    correction1 = node("Sub", [one, node("Pow", [beta1, t], "power1")], "correction1")
    correction2 = node("Sub", [one, node("Pow", [beta2, t], "power2")], "correction2")
    scale = node("Div", [rate, correction1], "scale")
    root2 = node("Sqrt", [correction2], "root2")
    for name, g in gradients.items():
        m1 = node("Mul", [f"m_{name}", beta1], f"m1_{name}")
        m = node("Add", [m1, node("Mul", [g, rest1], f"m2_{name}")], f"m_{name}.next")
        squared = node("Mul", [g, g], f"g2_{name}")
        v1 = node("Mul", [f"v_{name}", beta2], f"v1_{name}")
        v = node("Add", [v1, node("Mul", [squared, rest2], f"v2_{name}")], f"v_{name}.next")
        root = node("Div", [node("Sqrt", [v], f"root_{name}"), root2], f"corrected_{name}")
        bottom = node("Add", [root, epsilon], f"bottom_{name}")
        step = node("Div", [node("Mul", [m, scale], f"top_{name}"), bottom], f"step_{name}")
        node("Sub", [name, step], f"{name}.next")


def declare_step(graph, parameters, x_shape):
    """Inputs and outputs of a graph that makes one step: a batch, the step's number from 1, and the state."""
    graph.input("x", TensorProto.FLOAT, ["batch", *x_shape])
    graph.input("label", TensorProto.INT32, ["batch"])
    graph.input("t", TensorProto.FLOAT, [])
    for name, shape in state_shapes(parameters).items():
        graph.input(name, TensorProto.FLOAT, shape)
        graph.output(f"{name}.next", TensorProto.FLOAT, shape)
    graph.output("loss", TensorProto.FLOAT, [])

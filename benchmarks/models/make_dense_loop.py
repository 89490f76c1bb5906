"""Writes dense-loop.onnx: the step of make_dense_step.py inside ONNX `Loop`, as often as there are rows of indices.

The peer of the benchmark `dense-loop`. The whole data set is an input; the body gathers each batch from it by index. Parameters
and moments are carried; the losses of the steps are stacked. The data set and the indices are names of the outer scope.
"""

import numpy as np
from onnx import TensorProto, helper

from training_graph import Graph, adam, dense_gradients, dense_parameters, save, state_shapes

LAYERS = [(784, 128), (128, 64), (64, 10)]
state = state_shapes(dense_parameters(LAYERS))

body = Graph()
body.input("iteration", TensorProto.INT64, [])
body.input("go_on", TensorProto.BOOL, [])
for name, shape in state.items():
    body.input(name, TensorProto.FLOAT, shape)
batch = body.node("Gather", ["indices", "iteration"], "batch_indices")
x = body.node("Gather", ["images", batch], "x")
label = body.node("Gather", ["labels", batch], "label")
number = body.node("Cast", ["iteration"], "iteration_float", to=TensorProto.FLOAT)
t = body.node("Add", [number, "first_t"], "t")
loss, gradients = dense_gradients(body, x, label, len(LAYERS))
adam(body, gradients, t)
body.output(body.node("Identity", ["go_on"], "go_on.next"), TensorProto.BOOL, [])
for name, shape in state.items():
    body.output(f"{name}.next", TensorProto.FLOAT, shape)
body.output(loss, TensorProto.FLOAT, [])

graph = Graph()
graph.input("images", TensorProto.FLOAT, ["rows", 784])
graph.input("labels", TensorProto.INT32, ["rows"])
graph.input("indices", TensorProto.INT32, ["steps", "batch"])
graph.input("first_t", TensorProto.FLOAT, [])
for name, shape in state.items():
    graph.input(f"{name}.first", TensorProto.FLOAT, shape)
    graph.output(f"{name}.last", TensorProto.FLOAT, shape)
graph.output("losses", TensorProto.FLOAT, ["steps"])
shape = graph.node("Shape", ["indices"], "indices_shape")
steps = graph.node("Gather", [shape, graph.constant("first_axis", 0, np.int64)], "steps")
always = graph.constant("always", True, np.bool_)
graph.nodes.append(
    helper.make_node(
        "Loop",
        [steps, always, *(f"{name}.first" for name in state)],
        [*(f"{name}.last" for name in state), "losses"],
        body=body.build("step"),
    )
)
save(graph.build("dense loop by hand"), "dense-loop.onnx")

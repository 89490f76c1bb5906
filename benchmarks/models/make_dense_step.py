"""Writes dense-step.onnx: one training step of a 784-128-64-10 network by Adam, written by hand.

The peer of the benchmark `dense-step`: forward by Gemm and Relu, loss by LogSoftmax, gradient of the logits as
(softmax - one-hot) / batch, backward by Gemm with transposed operands, one Adam update per parameter.
"""

from training_graph import Graph, adam, declare_step, dense_gradients, dense_parameters, save

LAYERS = [(784, 128), (128, 64), (64, 10)]

graph = Graph()
declare_step(graph, dense_parameters(LAYERS), [784])
_, gradients = dense_gradients(graph, "x", "label", len(LAYERS))
adam(graph, gradients, "t")
save(graph.build("dense step by hand"), "dense-step.onnx")

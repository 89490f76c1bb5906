"""Writes cnn-step.onnx: one training step of the quickstart's CNN by Adam, written by hand with channels first.

conv 16 3x3, relu, pool, conv 32 3x3, relu, pool, dense 10, valid padding. The peer of the benchmark `cnn`, with the lowering
that was fastest when measured (ONNX Runtime 1.30, two threads):

- relu after the pool, which gives the same maximum, so that it and its mask see a quarter of the elements;
- MaxPool with Indices and MaxUnpool for the gradient of the pool;
- the gradient of a bias from the gradient of the pooled image, which has the same sum;
- ConvTranspose for the gradient with respect to the image;
- the gradient of a filter as products of shifted slices of the image with the gradient, summed over the batch.
"""

import numpy as np
from onnx import TensorProto, helper

from training_graph import Graph, adam, cross_entropy, declare_step, relu_mask, save

PARAMETERS = {"w0": [16, 1, 3, 3], "b0": [16], "w1": [32, 16, 3, 3], "b1": [32], "w2": [800, 10], "b2": [10]}

graph = Graph()
node, constant = graph.node, graph.constant
declare_step(graph, PARAMETERS, [1, 28, 28])


def shape(name, sizes):
    return constant(name, sizes, np.int64)


def convolve_and_pool(x, index):
    z = node("Conv", [x, f"w{index}", f"b{index}"], f"z{index}")
    window = {"kernel_shape": [2, 2], "strides": [2, 2]}
    outputs = [f"pooled{index}", f"places{index}"]
    graph.nodes.append(helper.make_node("MaxPool", [z], outputs, **window))
    return node("Relu", [f"pooled{index}"], f"h{index}")


def pool_gradient(back, hidden, index, kernel):
    """Gradient of the convolution's result, and that of its bias. `kernel` makes MaxUnpool's result as large as the image."""
    delta = node("Mul", [back, relu_mask(graph, hidden, f"h{index}")], f"delta_pooled{index}")
    axes = shape("image_axes", [0, 2, 3])
    bias = node("ReduceSum", [delta, axes], f"g_b{index}", keepdims=0)
    window = {"kernel_shape": [kernel, kernel], "strides": [2, 2]}
    return node("MaxUnpool", [delta, f"places{index}"], f"delta_z{index}", **window), bias


def filter_gradient(image, delta, index, channels, filters, size):
    """Gradient of a 3x3 filter from an image [batch, channels, size + 2, size + 2] and a delta [batch, filters, size, size]."""
    axes = shape("plane_axes", [2, 3])
    slices = []
    for row in range(3):
        for column in range(3):
            begin = shape(f"begin_{row}_{column}", [row, column])
            end = shape(f"end_{row}_{column}_{size}", [row + size, column + size])
            slices.append(node("Slice", [image, begin, end, axes], f"slice{index}_{row}_{column}"))
    taps = node("Concat", slices, f"taps{index}", axis=1)
    flat_taps = node("Reshape", [taps, shape(f"taps_shape{index}", [0, 9 * channels, size * size])], f"flat_taps{index}")
    flat_delta = node("Reshape", [delta, shape(f"delta_shape{index}", [0, filters, size * size])], f"flat_delta{index}")
    turned = node("Transpose", [flat_delta], f"turned{index}", perm=[0, 2, 1])
    products = node("MatMul", [flat_taps, turned], f"products{index}")
    total = node("ReduceSum", [products, constant("batch_axis", [0], np.int64)], f"total{index}", keepdims=0)
    by_tap = node("Reshape", [total, shape(f"by_tap_shape{index}", [3, 3, channels, filters])], f"by_tap{index}")
    return node("Transpose", [by_tap], f"g_w{index}", perm=[3, 2, 0, 1])


h0 = convolve_and_pool("x", 0)
h1 = convolve_and_pool(h0, 1)
flat = node("Reshape", [h1, shape("flat_shape", [0, 800])], "flat")
logits = node("Gemm", [flat, "w2", "b2"], "logits")
loss, delta = cross_entropy(graph, logits, "label")

gradients = {
    "w2": node("Gemm", [flat, delta], "g_w2", transA=1),
    "b2": node("ReduceSum", [delta, constant("batch_axis", [0], np.int64)], "g_b2", keepdims=0),
}
back = node("Gemm", [delta, "w2"], "back2", transB=1)
back = node("Reshape", [back, shape("image_shape", [0, 32, 5, 5])], "back1")
delta, gradients["b1"] = pool_gradient(back, h1, 1, 3)
gradients["w1"] = filter_gradient(h0, delta, 1, 16, 32, 11)
back = node("ConvTranspose", [delta, "w1"], "back0")
delta, gradients["b0"] = pool_gradient(back, h0, 0, 2)
gradients["w0"] = filter_gradient("x", delta, 0, 1, 16, 26)
adam(graph, gradients, "t")
save(graph.build("CNN step by hand"), "cnn-step.onnx")

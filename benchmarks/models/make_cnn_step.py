"""Writes cnn-step.onnx and cnn-step-phases.onnx: one training step of the quickstart's CNN by Adam, channels first, by hand.

conv 16 3x3, relu, pool, conv 32 3x3, relu, pool, dense 10, valid padding. The peers of the benchmark `cnn`, with the lowerings
that were fastest when measured (ONNX Runtime 1.30):

- relu before the pool, where `Conv` does it by itself and half of the image becomes zeros, which MaxPool finds its way through faster;
  its mask after the pool, where it has a quarter of the elements: a maximum of zero passes no gradient on, whichever place it has;
- MaxPool with Indices and MaxUnpool for the gradient of the pool;
- the gradient of a bias from the gradient of the pooled image, which has the same sum;
- ConvTranspose for the gradient with respect to the image;
- the gradient of a filter as products of shifted slices of the image with the gradient, summed over the batch: one product for
  one channel, one for each tap from 16 channels on.

The second graph has no pool after the first convolution: the convolution is made in its four phases, each with stride 2, and the
pool is the maximum of the four. MaxPool with Indices takes longer than all that, and the gradient never has the full size.
"""

import numpy as np
from onnx import TensorProto, helper

from training_graph import Graph, adam, cross_entropy, declare_step, relu_mask, save

PARAMETERS = {"w0": [16, 1, 3, 3], "b0": [16], "w1": [32, 16, 3, 3], "b1": [32], "w2": [800, 10], "b2": [10]}
TAPS = [(row, column) for row in range(3) for column in range(3)]
PHASES = [(row, column) for row in range(2) for column in range(2)]


class Step(Graph):
    def ints(self, *sizes):
        return self.constant("ints_" + "_".join(map(str, sizes)), list(sizes), np.int64)

    def cut(self, image, begin, size, stride, output):
        """Rows and columns of images from `begin` on, `size` of each."""
        end = [first + (size - 1) * stride + 1 for first in begin]
        operands = [image, self.ints(*begin), self.ints(*end), self.ints(2, 3), self.ints(stride, stride)]
        return self.node("Slice", operands, output)

    def turned(self, delta, filters, size, output):
        """[batch, filters, size, size] as [batch, size * size, filters]."""
        flat = self.node("Reshape", [delta, self.ints(0, filters, size * size)], f"{output}_flat")
        return self.node("Transpose", [flat], output, perm=[0, 2, 1])

    def sum_batch(self, products, channels, filters, output):
        """[batch, 9 * channels, filters], taps outermost, as the gradient of a filter."""
        total = self.node("ReduceSum", [products, self.ints(0)], f"{output}_total", keepdims=0)
        by_tap = self.node("Reshape", [total, self.ints(3, 3, channels, filters)], f"{output}_by_tap")
        return self.node("Transpose", [by_tap], output, perm=[3, 2, 0, 1])

    def pooled_gradient(self, back, index):
        """Gradient of the pooled image where relu let it through, and with it that of the bias."""
        delta = self.node("Mul", [back, relu_mask(self, f"h{index}", f"h{index}")], f"delta_pooled{index}")
        return delta, self.node("ReduceSum", [delta, self.ints(0, 2, 3)], f"g_b{index}", keepdims=0)


def convolve_and_pool(graph, x, index):
    z = graph.node("Conv", [x, f"w{index}", f"b{index}"], f"z{index}")
    relu = graph.node("Relu", [z], f"relu{index}")
    window = {"kernel_shape": [2, 2], "strides": [2, 2]}
    graph.nodes.append(helper.make_node("MaxPool", [relu], [f"h{index}", f"places{index}"], **window))
    return f"h{index}"


def unpool(graph, delta, index, kernel):
    """`kernel` says how large the result is: (pooled - 1) * 2 + kernel."""
    window = {"kernel_shape": [kernel, kernel], "strides": [2, 2]}
    return graph.node("MaxUnpool", [delta, f"places{index}"], f"delta_z{index}", **window)


def filter_gradient_of_one_channel(graph, x, delta):
    cuts = [graph.cut(x, tap, 26, 1, f"cut0_{tap[0]}{tap[1]}") for tap in TAPS]
    joined = graph.node("Concat", cuts, "taps0", axis=1)
    flat = graph.node("Reshape", [joined, graph.ints(0, 9, 676)], "flat_taps0")
    products = graph.node("MatMul", [flat, graph.turned(delta, 16, 26, "turned0")], "products0")
    return graph.sum_batch(products, 1, 16, "g_w0")


def filter_gradient_by_tap(graph, x, delta):
    turned = graph.turned(delta, 32, 11, "turned1")
    products = []
    for row, column in TAPS:
        name = f"1_{row}{column}"
        cut = graph.cut(x, (row, column), 11, 1, f"cut{name}")
        flat = graph.node("Reshape", [cut, graph.ints(0, 16, 121)], f"flat{name}")
        products.append(graph.node("MatMul", [flat, turned], f"product{name}"))
    return graph.sum_batch(graph.node("Concat", products, "products1", axis=1), 16, 32, "g_w1")


def convolve_by_phases(graph, x):
    """The first convolution and pool. Phase (i, j) holds the results in rows i, i + 2, … and columns j, j + 2, …"""
    phases = []
    for row, column in PHASES:
        cut = graph.cut(x, (row, column), 27, 1, f"image_{row}{column}")
        phases.append(graph.node("Conv", [cut, "w0", "b0"], f"z0_{row}{column}", strides=[2, 2]))
    return phases, graph.node("Relu", [graph.node("Max", phases, "pooled0")], "h0")


def filter_gradient_by_phases(graph, x, phases, delta):
    """Each gradient goes to the first phase, in row-major order, that has the maximum."""
    rest, zero, products = delta, graph.constant("zero", 0.0), []
    cuts = {
        (row, column): graph.cut(x, (row, column), 13, 2, f"cut0_{row}{column}") for row in range(4) for column in range(4)
    }
    for (row, column), phase in zip(PHASES, phases):
        name = f"0_{row}{column}"
        part = rest
        if phase is not phases[-1]:
            first = graph.node("Equal", [phase, "pooled0"], f"first{name}")
            part = graph.node("Where", [first, rest, zero], f"part{name}")
            rest = graph.node("Sub", [rest, part], f"rest{name}")
        seen = [cuts[row + tap[0], column + tap[1]] for tap in TAPS]
        joined = graph.node("Concat", seen, f"taps{name}", axis=1)
        flat = graph.node("Reshape", [joined, graph.ints(0, 9, 169)], f"flat_taps{name}")
        products.append(graph.node("MatMul", [flat, graph.turned(part, 16, 13, f"turned{name}")], f"products{name}"))
    return graph.sum_batch(graph.node("Sum", products, "products0"), 1, 16, "g_w0")


def write(file, by_phases):
    graph = Step()
    declare_step(graph, PARAMETERS, [1, 28, 28])
    if by_phases:
        phases, h0 = convolve_by_phases(graph, "x")
    else:
        h0 = convolve_and_pool(graph, "x", 0)
    h1 = convolve_and_pool(graph, h0, 1)
    flat = graph.node("Reshape", [h1, graph.ints(0, 800)], "flat")
    logits = graph.node("Gemm", [flat, "w2", "b2"], "logits")
    _, delta = cross_entropy(graph, logits, "label")

    gradients = {
        "w2": graph.node("Gemm", [flat, delta], "g_w2", transA=1),
        "b2": graph.node("ReduceSum", [delta, graph.ints(0)], "g_b2", keepdims=0),
    }
    back = graph.node("Gemm", [delta, "w2"], "back2", transB=1)
    back = graph.node("Reshape", [back, graph.ints(0, 32, 5, 5)], "back1")
    delta, gradients["b1"] = graph.pooled_gradient(back, 1)
    delta = unpool(graph, delta, 1, 3)
    gradients["w1"] = filter_gradient_by_tap(graph, h0, delta)
    back = graph.node("ConvTranspose", [delta, "w1"], "back0")
    delta, gradients["b0"] = graph.pooled_gradient(back, 0)
    if by_phases:
        gradients["w0"] = filter_gradient_by_phases(graph, "x", phases, delta)
    else:
        gradients["w0"] = filter_gradient_of_one_channel(graph, "x", unpool(graph, delta, 0, 2))
    adam(graph, gradients, "t")
    save(graph.build("CNN step by hand"), file)


write("cnn-step.onnx", by_phases=False)
write("cnn-step-phases.onnx", by_phases=True)

import { convolutionShapes } from './shapes.mjs';

// Inputs are NCHW, as they are between convolutions; the result is HWIO.
const shapes = convolutionShapes.map((shape) => ({
  ...shape,
  inputs: {
    x: [shape.batch, shape.channels, shape.size, shape.size],
    g: [shape.batch, shape.filters, shape.windows, shape.windows],
  },
}));

/** What each tap sees of a tensor whose axes `first` and `first + 1` are the image's. */
function cutTaps(graph, tensor, first, { kernel, stride, windows }) {
  return Array.from({ length: kernel * kernel }, (_, tap) => {
    const starts = [Math.floor(tap / kernel), tap % kernel];
    const ends = starts.map((start) => start + (windows - 1) * stride + 1);
    const steps = stride === 1 ? [] : [graph.int64s([stride, stride])];
    return graph.emit('Slice', [
      tensor,
      graph.int64s(starts),
      graph.int64s(ends),
      graph.int64s([first, first + 1]),
      ...steps,
    ]);
  });
}

const flat = (graph, tensor, shape) => graph.emit('Reshape', [tensor, graph.int64s(shape)]);
const join = (graph, tensors, axis) =>
  tensors.length === 1 ? tensors[0] : graph.emit('Concat', tensors, { axis });
const sum = (graph, tensor) =>
  graph.emit('ReduceSum', [tensor, graph.int64s([0])], { keepdims: 0 });

function planes(graph, { batch, channels, filters, ...window }) {
  const taps = cutTaps(graph, 'x', 2, window).map((tap) => flat(graph, tap, [batch, channels, -1]));
  const gradient = graph.emit('Transpose', [flat(graph, 'g', [batch, filters, -1])], {
    perm: [0, 2, 1],
  });
  return { taps, gradient };
}

function joined(graph, shape) {
  const { taps, gradient } = planes(graph, shape);
  return sum(graph, graph.emit('MatMul', [join(graph, taps, 1), gradient]));
}

function byTap(graph, shape) {
  const { taps, gradient } = planes(graph, shape);
  const products = taps.map((tap) => graph.emit('MatMul', [tap, gradient]));
  return sum(graph, join(graph, products, 1));
}

// The image with its channels outermost: one product over all images, and nothing left to sum.
function channelsOutermost(graph, { batch, channels, filters, ...window }) {
  const outermost = graph.emit('Transpose', ['x'], { perm: [1, 0, 2, 3] });
  const taps = cutTaps(graph, outermost, 2, window).map((tap) => flat(graph, tap, [channels, -1]));
  const pixels = graph.emit('Transpose', [flat(graph, 'g', [batch, filters, -1])], {
    perm: [0, 2, 1],
  });
  return { taps, gradient: flat(graph, pixels, [-1, filters]) };
}

function oneProduct(graph, shape) {
  const { taps, gradient } = channelsOutermost(graph, shape);
  return graph.emit('MatMul', [join(graph, taps, 0), gradient]);
}

function productByTap(graph, shape) {
  const { taps, gradient } = channelsOutermost(graph, shape);
  return join(
    graph,
    taps.map((tap) => graph.emit('MatMul', [tap, gradient])),
    0,
  );
}

function pixels(graph, { batch, channels, filters, ...window }) {
  const rows = graph.emit('Transpose', ['x'], { perm: [0, 2, 3, 1] });
  const gradient = flat(graph, graph.emit('Transpose', ['g'], { perm: [0, 2, 3, 1] }), [
    batch,
    -1,
    filters,
  ]);
  const products = cutTaps(graph, rows, 1, window).map((tap) => {
    const turned = graph.emit('Transpose', [flat(graph, tap, [batch, -1, channels])], {
      perm: [0, 2, 1],
    });
    return graph.emit('MatMul', [turned, gradient]);
  });
  return sum(graph, join(graph, products, 1));
}

// As `pixels`, but over all images in one product.
function allPixels(graph, { channels, filters, ...window }) {
  const rows = graph.emit('Transpose', ['x'], { perm: [0, 2, 3, 1] });
  const gradient = flat(graph, graph.emit('Transpose', ['g'], { perm: [0, 2, 3, 1] }), [
    -1,
    filters,
  ]);
  const products = cutTaps(graph, rows, 1, window).map((tap) => {
    const turned = graph.emit('Transpose', [flat(graph, tap, [-1, channels])], { perm: [1, 0] });
    return graph.emit('MatMul', [turned, gradient]);
  });
  return join(graph, products, 0);
}

// Stride becomes dilation; elements that no window reached make taps too many, which are cut off.
function convolution(graph, { kernel, stride }) {
  const image = graph.emit('Transpose', ['x'], { perm: [1, 0, 2, 3] });
  const filter = graph.emit('Transpose', ['g'], { perm: [1, 0, 2, 3] });
  const made = graph.emit('Conv', [image, filter], { dilations: [stride, stride] });
  const taps = graph.emit('Slice', [
    made,
    graph.int64s([0, 0]),
    graph.int64s([kernel, kernel]),
    graph.int64s([2, 3]),
  ]);
  return graph.emit('Transpose', [taps], { perm: [2, 3, 0, 1] });
}

export const filterGradient = {
  shapes,
  ways: { joined, byTap, oneProduct, productByTap, pixels, allPixels, convolution },
};

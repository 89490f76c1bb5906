import { convolutionShapes } from './shapes.mjs';

// The gradient is NCHW, the filter HWIO, as training carries it; the result is NCHW.
const shapes = convolutionShapes.map((shape) => ({
  ...shape,
  inputs: {
    g: [shape.batch, shape.filters, shape.windows, shape.windows],
    w: [shape.kernel, shape.kernel, shape.channels, shape.filters],
  },
}));

function convTranspose(graph, { kernel, stride, windows, size }) {
  const filter = graph.emit('Transpose', ['w'], { perm: [3, 2, 0, 1] });
  const rest = size - kernel - (windows - 1) * stride;
  return graph.emit('ConvTranspose', ['g', filter], {
    strides: [stride, stride],
    output_padding: [rest, rest],
  });
}

function turned(graph, { kernel, stride }) {
  if (stride !== 1) return undefined;
  const reversed = kernel === 1 ? 'w' : backwards(graph);
  const filter = graph.emit('Transpose', [reversed], { perm: [2, 3, 0, 1] });
  const pad = kernel - 1;
  return graph.emit('Conv', ['g', filter], { pads: [pad, pad, pad, pad] });
}

function backwards(graph) {
  const ends = graph.int64s([-(2 ** 31), -(2 ** 31)]);
  const back = graph.int64s([-1, -1]);
  return graph.emit('Slice', ['w', back, ends, graph.int64s([0, 1]), back]);
}

function products(graph, { batch, size, channels, filters, kernel, stride }) {
  if (kernel !== 1 || stride !== 1) return undefined;
  const matrix = graph.emit('Reshape', ['w', graph.int64s([channels, filters])]);
  const columns = graph.emit('Reshape', ['g', graph.int64s([batch, filters, size * size])]);
  const result = graph.emit('MatMul', [matrix, columns]);
  return graph.emit('Reshape', [result, graph.int64s([batch, channels, size, size])]);
}

export const inputGradient = { shapes, ways: { convTranspose, turned, products } };

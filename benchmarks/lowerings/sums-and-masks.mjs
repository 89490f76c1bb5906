const imageShapes = [
  [64, 26, 16],
  [64, 11, 32],
  [16, 28, 64],
  [64, 8, 128],
  [1, 28, 64],
].map(([batch, size, channels]) => ({
  batch,
  size,
  channels,
  label: `${batch} x ${size}² x ${channels}`,
}));

/** Rows of dense layers, as images of one column. */
const rowShapes = [
  [64, 128],
  [512, 16],
  [512, 512],
  [4096, 128],
].map(([batch, channels]) => ({ batch, size: 1, channels, label: `${batch} x ${channels}` }));

// A bias gradient: sums over all but the channels.
const reduce = (graph, tensor, axes) =>
  graph.emit('ReduceSum', [tensor, graph.int64s(axes)], { keepdims: 0 });

const inLayout = (layout, way) => (graph, shape) =>
  layout in shape.inputs ? way(graph, shape) : undefined;

const flatten = (graph, { channels }) =>
  graph.emit('Reshape', ['nhwc', graph.int64s([-1, channels])]);

export const sumOverImages = {
  shapes: [
    ...imageShapes.map(({ batch, size, channels, label }) => ({
      label: `${label} NCHW`,
      inputs: { nchw: [batch, channels, size, size] },
    })),
    ...[...imageShapes, ...rowShapes].map(({ batch, size, channels, label }) => ({
      channels,
      rows: batch * size * size,
      label: `${label} NHWC`,
      inputs: { nhwc: [batch, size, size, channels] },
    })),
  ],
  ways: {
    channelsFirst: inLayout('nchw', (graph) => reduce(graph, 'nchw', [0, 2, 3])),
    channelsLast: inLayout('nhwc', (graph) => reduce(graph, 'nhwc', [0, 1, 2])),
    turned: inLayout('nhwc', (graph) =>
      reduce(graph, graph.emit('Transpose', ['nhwc'], { perm: [0, 3, 1, 2] }), [0, 2, 3]),
    ),
    twoSteps: inLayout('nhwc', (graph) => reduce(graph, reduce(graph, 'nhwc', [1, 2]), [0])),
    productWithOnes: inLayout('nhwc', (graph, shape) => {
      const ones = graph.emit('Expand', [graph.float(1), graph.int64s([1, shape.rows])]);
      const sums = graph.emit('MatMul', [ones, flatten(graph, shape)]);
      return graph.emit('Reshape', [sums, graph.int64s([shape.channels])]);
    }),
  },
};

function where(graph) {
  return graph.emit('Where', [graph.emit('Greater', ['x', graph.float(0)]), 'g', graph.float(0)]);
}

/** Differs where the gradient is not finite: 0 · ∞ is NaN. */
function product(graph) {
  const mask = graph.emit('Cast', [graph.emit('Greater', ['x', graph.float(0)])], { to: 1 });
  return graph.emit('Mul', ['g', mask]);
}

export const reluGradient = {
  shapes: imageShapes.map((shape) => {
    const dims = [shape.batch, shape.channels, shape.size, shape.size];
    return { ...shape, inputs: { x: dims, g: dims } };
  }),
  ways: { where, product },
};

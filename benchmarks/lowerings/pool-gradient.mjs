import { poolShapes } from './shapes.mjs';

// Pooling itself is part of each way: what finds the maxima finds the result too. The sum of the result makes both outputs.
const maxShapes = poolShapes.map((shape) => ({
  ...shape,
  ties: true,
  inputs: {
    x: [shape.batch, shape.channels, shape.size, shape.size],
    g: [shape.batch, shape.channels, shape.windows, shape.windows],
  },
}));

const window = ({ kernel, stride }) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
});

function unpool(graph, shape) {
  if (shape.stride < shape.kernel) return undefined;
  const [, maxima] = graph.emitMany('MaxPool', ['x'], ['y', 'indices'], window(shape));
  const fit = shape.size - (shape.windows - 1) * shape.stride;
  return graph.emit('MaxUnpool', ['g', maxima], {
    kernel_shape: [fit, fit],
    strides: [shape.stride, shape.stride],
  });
}

function scatter(graph, shape) {
  const [, maxima] = graph.emitMany('MaxPool', ['x'], ['y', 'indices'], window(shape));
  const count = shape.batch * shape.channels * shape.size ** 2;
  const everything = graph.int64s([-1]);
  const sums = graph.emit(
    'ScatterElements',
    [
      graph.emit('Expand', [graph.float(0), graph.int64s([count])]),
      graph.emit('Reshape', [maxima, everything]),
      graph.emit('Reshape', ['g', everything]),
    ],
    { axis: 0, reduction: 'add' },
  );
  return graph.emit('Reshape', [
    sums,
    graph.int64s([shape.batch, shape.channels, shape.size, shape.size]),
  ]);
}

function enlarge(graph, tensor, { kernel }) {
  const scales = graph.floats([4], [1, 1, kernel, kernel]);
  return graph.emit('Resize', [tensor, '', scales], {
    coordinate_transformation_mode: 'asymmetric',
    mode: 'nearest',
    nearest_mode: 'floor',
  });
}

// Elements equal to their window's maximum get a number that falls along the window; the largest of those is the first maximum.
function mask(graph, shape) {
  const { kernel, stride, size } = shape;
  if (stride !== kernel || size % kernel !== 0) return undefined;
  const isMaximum = graph.emit('Equal', [
    'x',
    enlarge(graph, graph.emit('MaxPool', ['x'], window(shape)), shape),
  ]);
  const order = Float32Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size) % kernel, (at % size) % kernel];
    return kernel * kernel - row * kernel - column;
  });
  const rank = graph.emit('Mul', [
    graph.emit('Cast', [isMaximum], { to: 1 }),
    graph.floats([1, 1, size, size], order),
  ]);
  const first = graph.emit('Equal', [
    rank,
    enlarge(graph, graph.emit('MaxPool', [rank], window(shape)), shape),
  ]);
  return graph.emit('Where', [first, enlarge(graph, 'g', shape), graph.float(0)]);
}

// As `mask`, but a number is the place in its plane, counted from the end, and `MaxUnpool` writes the gradient there.
function maskUnpool(graph, shape) {
  const { batch, channels, kernel, stride, size, windows } = shape;
  if (stride !== kernel) return undefined;
  const rest = size - windows * kernel;
  const spread = enlarge(graph, graph.emit('MaxPool', ['x'], window(shape)), shape);
  const whole =
    rest === 0 ? spread : graph.emit('Pad', [spread, graph.int64s([0, 0, 0, 0, 0, 0, rest, rest])]);
  const order = Float32Array.from({ length: size * size }, (_, at) => size * size - at);
  const rank = graph.emit('Mul', [
    graph.emit('Cast', [graph.emit('Equal', ['x', whole])], { to: 1 }),
    graph.floats([1, 1, size, size], order),
  ]);
  const place = graph.emit('Sub', [
    graph.float(size * size),
    graph.emit('MaxPool', [rank], window(shape)),
  ]);
  const planes = graph.emit('Reshape', [
    graph.int64s(Array.from({ length: batch * channels }, (_, plane) => plane * size * size)),
    graph.int64s([batch, channels, 1, 1]),
  ]);
  const places = graph.emit('Add', [graph.emit('Cast', [place], { to: 7 }), planes]);
  return unpoolTo(graph, shape, places);
}

function unpoolTo(graph, { size, windows, stride }, places) {
  const fit = size - (windows - 1) * stride;
  return graph.emit('MaxUnpool', ['g', places], {
    kernel_shape: [fit, fit],
    strides: [stride, stride],
  });
}

// Windows of 2 x 2: pools of their upper row, left column and first element tell which element is the first maximum.
function corners(graph, shape) {
  const { batch, channels, kernel, stride, size, windows } = shape;
  if (kernel !== 2 || stride !== 2) return undefined;
  const pool = (rows, columns) =>
    graph.emit('MaxPool', ['x'], {
      kernel_shape: [rows, columns],
      strides: [2, 2],
    });
  const largest = pool(2, 2);
  const cut = (tensor) => (size % 2 === 0 ? tensor : crop(graph, tensor, windows));
  const hit = (rows, columns) =>
    graph.emit('Cast', [graph.emit('Equal', [cut(pool(rows, columns)), largest])], { to: 1 });
  const [top, left, corner] = [hit(1, 2), hit(2, 1), hit(1, 1)];
  // (1 - top) * (size - left) + 1 - corner
  const below = graph.emit('Mul', [
    graph.emit('Sub', [graph.float(1), top]),
    graph.emit('Sub', [graph.float(size), left]),
  ]);
  const offset = graph.emit('Sub', [below, corner]);
  const starts = Array.from(
    { length: windows * windows },
    (_, at) => Math.floor(at / windows) * 2 * size + (at % windows) * 2 + 1,
  );
  const bases = graph.emit('Reshape', [
    graph.int64s(starts),
    graph.int64s([1, 1, windows, windows]),
  ]);
  const planes = graph.emit('Reshape', [
    graph.int64s(Array.from({ length: batch * channels }, (_, plane) => plane * size * size)),
    graph.int64s([batch, channels, 1, 1]),
  ]);
  const places = graph.emit('Add', [
    graph.emit('Cast', [offset], { to: 7 }),
    graph.emit('Add', [bases, planes]),
  ]);
  return unpoolTo(graph, shape, places);
}

function crop(graph, tensor, windows) {
  return graph.emit('Slice', [
    tensor,
    graph.int64s([0, 0]),
    graph.int64s([windows, windows]),
    graph.int64s([2, 3]),
  ]);
}

// Tap by tap: the first that equals the maximum takes the gradient and leaves nothing to the later ones. A transposed convolution
// with a single 1 per tap puts them back.
function taps(graph, shape) {
  const { batch, channels, kernel, stride, windows, size } = shape;
  const largest = graph.emit('MaxPool', ['x'], window(shape));
  let rest = 'g';
  const parts = [];
  for (let tap = 0; tap < kernel * kernel; tap++) {
    const starts = [Math.floor(tap / kernel), tap % kernel];
    const seen = graph.emit('Slice', [
      'x',
      graph.int64s(starts),
      graph.int64s(starts.map((start) => start + (windows - 1) * stride + 1)),
      graph.int64s([2, 3]),
      graph.int64s([stride, stride]),
    ]);
    const hit = graph.emit('Equal', [seen, largest]);
    parts.push(graph.emit('Where', [hit, rest, graph.float(0)]));
    rest = graph.emit('Where', [hit, graph.float(0), rest]);
  }
  const planes = parts.map((part) =>
    graph.emit('Reshape', [part, graph.int64s([batch * channels, 1, windows, windows])]),
  );
  const identity = Float32Array.from({ length: kernel ** 4 }, (_, at) =>
    at % (kernel ** 2 + 1) === 0 ? 1 : 0,
  );
  const left = size - kernel - (windows - 1) * stride;
  const spread = graph.emit(
    'ConvTranspose',
    [
      graph.emit('Concat', planes, { axis: 1 }),
      graph.floats([kernel ** 2, 1, kernel, kernel], identity),
    ],
    { strides: [stride, stride], output_padding: [left, left] },
  );
  return graph.emit('Reshape', [spread, graph.int64s([batch, channels, size, size])]);
}

export const maxPoolGradient = {
  shapes: maxShapes,
  ways: { scatter, unpool, mask, maskUnpool, corners, taps },
};

const averageShapes = poolShapes.map((shape) => ({
  ...shape,
  inputs: { g: [shape.batch, shape.channels, shape.windows, shape.windows] },
}));

const share = (graph, { kernel }) => graph.emit('Div', ['g', graph.float(kernel * kernel)]);

function planes(graph, shape) {
  const { batch, channels, kernel, stride, windows, size } = shape;
  const left = size - kernel - (windows - 1) * stride;
  const spread = graph.emit(
    'ConvTranspose',
    [
      graph.emit('Reshape', [
        share(graph, shape),
        graph.int64s([batch * channels, 1, windows, windows]),
      ]),
      graph.floats([1, 1, kernel, kernel], new Float32Array(kernel * kernel).fill(1)),
    ],
    { strides: [stride, stride], output_padding: [left, left] },
  );
  return graph.emit('Reshape', [spread, graph.int64s([batch, channels, size, size])]);
}

function depthwise(graph, shape) {
  const { channels, kernel, stride, windows, size } = shape;
  const left = size - kernel - (windows - 1) * stride;
  return graph.emit(
    'ConvTranspose',
    [
      share(graph, shape),
      graph.floats(
        [channels, 1, kernel, kernel],
        new Float32Array(channels * kernel * kernel).fill(1),
      ),
    ],
    { strides: [stride, stride], output_padding: [left, left], group: channels },
  );
}

function resize(graph, shape) {
  const { kernel, stride, windows, size } = shape;
  if (stride !== kernel) return undefined;
  const rest = size - windows * kernel;
  const tiles = enlarge(graph, share(graph, shape), shape);
  return rest === 0
    ? tiles
    : graph.emit('Pad', [tiles, graph.int64s([0, 0, 0, 0, 0, 0, rest, rest])]);
}

// At stride 1 the gradient is the average of the padded gradient.
function averageBack(graph, { kernel, stride }) {
  if (stride !== 1) return undefined;
  const pad = kernel - 1;
  return graph.emit('AveragePool', ['g'], {
    kernel_shape: [kernel, kernel],
    pads: [pad, pad, pad, pad],
    count_include_pad: 1,
  });
}

export const averagePoolGradient = {
  shapes: averageShapes,
  ways: { planes, depthwise, resize, averageBack },
};

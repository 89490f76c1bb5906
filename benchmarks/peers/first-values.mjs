// First values of Etalon's models in the names and layouts of the hand-made graphs.

/** `w0`, `b0`, … of a chain of dense layers. */
export function denseParameters(model) {
  const { parameters } = model.initialize(1);
  return Object.fromEntries(
    model.variables.parameters.map(({ path, shape }, index) => [
      `${path.endsWith('kernel') ? 'w' : 'b'}${Math.floor(index / 2)}`,
      { dims: shape, data: parameters[path].data },
    ]),
  );
}

/**
 * The same of the CNN, channels first: filters `[filters, channels, height, width]`, and the rows of the dense kernel in the
 * order in which planes are flattened.
 */
export function cnnParametersChannelsFirst(model) {
  const { w0, w1, w2, ...biases } = denseParameters(model);
  const rows = permuted(w2.data, [5, 5, 32, 10], [2, 0, 1, 3]);
  return {
    w0: filterChannelsFirst(w0),
    w1: filterChannelsFirst(w1),
    w2: { dims: w2.dims, data: rows },
    ...biases,
  };
}

function filterChannelsFirst({ dims, data }) {
  const [height, width, channels, filters] = dims;
  return { dims: [filters, channels, height, width], data: permuted(data, dims, [3, 2, 0, 1]) };
}

/** Transposes a row-major tensor of rank 4. */
function permuted(data, dims, order) {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1));
  const result = new Float32Array(data.length);
  const [n0, n1, n2, n3] = order.map((axis) => dims[axis]);
  const [s0, s1, s2, s3] = order.map((axis) => strides[axis]);
  let at = 0;
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      for (let k = 0; k < n2; k++) {
        for (let l = 0; l < n3; l++) result[at++] = data[i * s0 + j * s1 + k * s2 + l * s3];
      }
    }
  }
  return result;
}

/** Shapes of convolutions: `[batch, size, channels, filters, kernel, stride]`, unpadded. */
const convolutions = [
  [64, 28, 1, 16, 3, 1],
  [64, 28, 1, 16, 5, 1],
  [32, 32, 3, 32, 3, 1],
  [32, 32, 3, 32, 3, 2],
  [64, 16, 8, 16, 3, 1],
  [64, 13, 16, 32, 1, 1],
  [64, 13, 16, 32, 3, 1],
  [64, 13, 16, 32, 5, 1],
  [64, 13, 16, 32, 3, 2],
  [64, 14, 32, 64, 1, 1],
  [64, 14, 32, 64, 3, 1],
  [64, 14, 32, 64, 5, 1],
  [64, 15, 32, 64, 3, 2],
  [64, 8, 64, 64, 1, 1],
  [64, 8, 64, 64, 3, 1],
  [16, 28, 64, 64, 3, 1],
  [16, 29, 64, 64, 3, 2],
  [64, 8, 128, 128, 1, 1],
  [64, 8, 128, 128, 3, 1],
  [64, 9, 128, 128, 3, 2],
  [1, 28, 1, 16, 3, 1],
  [1, 13, 16, 32, 3, 1],
  [1, 28, 64, 64, 3, 1],
  [1, 29, 64, 64, 3, 2],
  [1, 28, 128, 128, 1, 1],
  [1, 16, 128, 128, 5, 1],
];

/** The convolutions with the size of their results and a label. */
export const convolutionShapes = convolutions.map(
  ([batch, size, channels, filters, kernel, stride]) => ({
    batch,
    size,
    channels,
    filters,
    kernel,
    stride,
    windows: Math.floor((size - kernel) / stride) + 1,
    label: `${batch} x ${size}² x ${channels} -> ${filters}, ${kernel} x ${kernel} / ${stride}`,
  }),
);

/** Shapes of pooling. */
export const poolShapes = [
  [64, 26, 16, 2, 2],
  [64, 11, 32, 2, 2],
  [64, 24, 32, 2, 2],
  [64, 28, 8, 2, 2],
  [64, 27, 16, 3, 3],
  [64, 27, 16, 3, 2],
  [64, 14, 64, 3, 2],
  [64, 14, 32, 3, 1],
  [1, 26, 16, 2, 2],
  [1, 56, 64, 2, 2],
  [1, 56, 64, 3, 2],
].map(([batch, size, channels, kernel, stride]) => ({
  batch,
  size,
  channels,
  kernel,
  stride,
  windows: Math.floor((size - kernel) / stride) + 1,
  label: `${batch} x ${size}² x ${channels}, ${kernel} x ${kernel} / ${stride}`,
}));

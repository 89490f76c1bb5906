// Images like MNIST's: 28 x 28, an empty border of four pixels, ten classes that a small network tells apart.
import { noise } from './timing.mjs';

const SIZE = 28;
const BORDER = 4;
/** Labels drawn at random, so that the loss stays away from zero and no average decays into subnormal numbers. */
const WRONG_LABELS = 0.1;

/** Returns `count` images, flat, and their labels. */
export function digitsLike(count, seed) {
  const random = noise(seed);
  const classes = Array.from({ length: 10 }, () => {
    const [x, y, turn] = [random(), random(), random()].map((share) => 1 + 2 * share);
    return (row, column) => Math.sin(row * x * 0.3 + turn) * Math.cos(column * y * 0.3 - turn);
  });
  const images = new Float32Array(count * SIZE * SIZE);
  const labels = new Int32Array(count);
  for (let image = 0; image < count; image++) {
    const digit = Math.floor(random() * 10);
    labels[image] = random() < WRONG_LABELS ? Math.floor(random() * 10) : digit;
    const [down, right] = [Math.floor(random() * 5) - 2, Math.floor(random() * 5) - 2];
    for (let row = BORDER; row < SIZE - BORDER; row++) {
      for (let column = BORDER; column < SIZE - BORDER; column++) {
        const ink = classes[digit](row - down, column - right);
        images[(image * SIZE + row) * SIZE + column] = Math.max(0, ink) * 0.8 + random() * 0.2;
      }
    }
  }
  return { images, labels };
}

/** Cuts images and labels into batches, in their order. */
export function batchesOf({ images, labels }, batchSize) {
  return Array.from({ length: Math.floor(labels.length / batchSize) }, (_, batch) => ({
    images: images.subarray(batch * batchSize * SIZE * SIZE, (batch + 1) * batchSize * SIZE * SIZE),
    labels: labels.subarray(batch * batchSize, (batch + 1) * batchSize),
  }));
}

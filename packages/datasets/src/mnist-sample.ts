import type { Dataset } from './dataset.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import { decodeBase64, expandZeroRuns } from './internal/compact-bytes.ts';
import { mnistSampleTest, mnistSampleTrain } from './internal/mnist-sample-data.ts';
import type { MnistDatasets, MnistFields } from './mnist.ts';

/**
 * Returns 200 real images of MNIST that come with this package: 150 of its training images and 50 of its
 * test images.
 *
 * Both parts run through the digits 0 to 9 again and again, so that any ten consecutive examples hold
 * each digit once. They are the first images of each digit in MNIST's files. Small enough for unit tests
 * and demonstrations, far too small to judge a model by: use `loadMnist` of `@etalon/datasets/node` for that.
 *
 * @returns train and test, with `image` uint8 [28, 28, 1], 0 for background, and `label` int32 []
 */
export function mnistSample(): MnistDatasets {
  return { train: expand(mnistSampleTrain), test: expand(mnistSampleTest) };
}

function expand(images: readonly string[]): Dataset<MnistFields> {
  const size = images.length;
  const pixels = new Uint8Array(size * 784);
  for (const [position, image] of images.entries()) {
    expandZeroRuns(decodeBase64(image), pixels.subarray(position * 784, (position + 1) * 784));
  }
  return datasetFromTensors({
    image: { dtype: 'uint8', shape: [size, 28, 28, 1], data: pixels },
    label: { dtype: 'int32', shape: [size], data: Int32Array.from(images, (_, i) => i % 10) },
  });
}

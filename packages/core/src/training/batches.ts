import { DataError } from '@etalon/spec';
import type { ExampleBatch, Examples } from './dataset.ts';
import { batchesOf, isIndexed } from './dataset.ts';
import { joinTensors } from './join-tensors.ts';

/** A batch with its place in the epoch. */
export interface PlacedBatch {
  /** Number of batches before it. */
  readonly index: number;
  /** Number of examples in it. */
  readonly size: number;
  /** Numbers of its examples in the data set; `undefined` for a stream. */
  readonly examples: Uint32Array | undefined;
  /** What a stream brought; `undefined` for examples with random access. */
  readonly tensors: ExampleBatch | undefined;
}

/** How an epoch is cut into batches. */
export interface EpochOptions {
  /** Used for examples with random access; a stream has its own. */
  readonly batchSize: number;
  /** Order of the examples; default their own. */
  readonly order?: Uint32Array;
  /** Batches to leave out at the beginning; default 0. */
  readonly skip?: number;
}

/** Number of batches in an epoch; `undefined` for a stream. */
export function batchCount(examples: Examples, batchSize: number): number | undefined {
  return isIndexed(examples) ? Math.ceil(examples.size / batchSize) : undefined;
}

/** Yields the batches of one epoch; the last one may be smaller. Empty batches of a stream do not count. */
export async function* epochBatches(
  examples: Examples,
  { batchSize, order, skip = 0 }: EpochOptions,
): AsyncGenerator<PlacedBatch> {
  if (isIndexed(examples)) {
    const indices = order ?? Uint32Array.from({ length: examples.size }, (_, index) => index);
    for (let index = skip; index * batchSize < indices.length; index++) {
      const part = indices.subarray(index * batchSize, (index + 1) * batchSize);
      yield { index, size: part.length, examples: part, tensors: undefined };
    }
    return;
  }
  let index = 0;
  for await (const tensors of batchesOf(examples)) {
    const size = sizeOf(tensors);
    if (size === 0) continue;
    if (index >= skip) yield { index, size, tensors, examples: undefined };
    index++;
  }
}

/** Returns the tensors of one or several batches of one epoch, one batch after another. */
export async function tensorsOf(
  examples: Examples,
  ...batches: readonly [PlacedBatch, ...PlacedBatch[]]
): Promise<ExampleBatch> {
  if (isIndexed(examples)) return examples.gather(examplesOf(batches));
  const [first, ...others] = batches.map(({ tensors = {} }) => tensors);
  return Object.fromEntries(
    Object.entries(first ?? {}).map(([name, tensor]) => [
      name,
      joinTensors([tensor, ...others.flatMap((batch) => batch[name] ?? [])]),
    ]),
  );
}

/** Returns the numbers of the examples in some batches. */
export function examplesOf(batches: readonly PlacedBatch[]): Uint32Array {
  const [first] = batches;
  if (batches.length === 1 && first?.examples !== undefined) return first.examples;
  const all = new Uint32Array(batches.reduce((total, { size }) => total + size, 0));
  let at = 0;
  for (const { examples, size } of batches) {
    if (examples !== undefined) all.set(examples, at);
    at += size;
  }
  return all;
}

function sizeOf(tensors: ExampleBatch): number {
  const [first] = Object.values(tensors);
  const size = first?.shape[0];
  if (size !== undefined) return size;
  throw new DataError(
    'BATCH_SHAPE',
    `batch: every field needs a first axis of examples, got ${JSON.stringify(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])))}.`,
  );
}

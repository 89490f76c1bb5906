import type { HostTensor } from '@etalon/core';
import type { Batch, Dataset, FieldType } from '@etalon/datasets';
import { imagesToFloat, takeExamples } from '@etalon/datasets';
import { loadMnist } from '@etalon/datasets/node';

/** Digits with brightness from 0 to 1. */
export type Digits = Dataset<{
  readonly image: FieldType<'float32'>;
  readonly label: FieldType<'int32'>;
}>;

/** Digits to learn from, the first so many, and all that are there to test with. */
export async function loadDigits(
  count: number,
): Promise<{ readonly training: Digits; readonly test: Digits }> {
  const { train, test } = await loadMnist();
  return { training: takeExamples(imagesToFloat(train), count), test: imagesToFloat(test) };
}

/** All examples. */
export function wholeOf(digits: Digits): Batch<Digits['fields']> {
  return digits.gather(Uint32Array.from({ length: digits.size }, (_, at) => at));
}

/** Mean of the squared differences of two tensors. */
export function meanSquare(some: HostTensor, others: HostTensor): number {
  let sum = 0;
  for (const [at, value] of some.data.entries())
    sum += (Number(value) - Number(others.data[at])) ** 2;
  return sum / some.data.length;
}

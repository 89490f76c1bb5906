import type { Dataset } from '@etalon/datasets';
import { imagesToFloat, takeExamples } from '@etalon/datasets';
import { loadMnist } from '@etalon/datasets/node';

/** Fields of the digits: float32 pixels in [0, 1] and a class from 0 to 9. */
export type DigitFields = {
  readonly image: { readonly dtype: 'float32'; readonly shape: readonly number[] };
  readonly label: { readonly dtype: 'int32'; readonly shape: readonly number[] };
};

/** Images to learn from and images to judge by. */
export interface Digits {
  readonly train: Dataset<DigitFields>;
  readonly test: Dataset<DigitFields>;
}

/** Loads MNIST, all of it or the first examples of each part. */
export async function loadDigits(limit?: number): Promise<Digits> {
  const { train, test } = await loadMnist();
  const part = (examples: Dataset<DigitFields>): Dataset<DigitFields> =>
    limit === undefined ? examples : takeExamples(examples, Math.min(limit, examples.size));
  return { train: part(imagesToFloat(train)), test: part(imagesToFloat(test)) };
}

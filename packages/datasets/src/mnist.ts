import type { Dataset, FieldType } from './dataset.ts';

/** The fields of MNIST: `image` uint8 [28, 28, 1] (0 is background), `label` int32 [] from 0 to 9. */
export type MnistFields = {
  readonly image: FieldType<'uint8'>;
  readonly label: FieldType<'int32'>;
};

/** The two parts of MNIST. */
export interface MnistDatasets {
  readonly train: Dataset<MnistFields>;
  readonly test: Dataset<MnistFields>;
}

import type { Model, Tensor, TensorType } from '@etalon/core';
import { defineModel, dense, sequential, tensor } from '@etalon/core';
import type { Dataset, FieldType } from '@etalon/datasets';

/** Rows of numbers, and the class of each. */
export type TabularDataset = Dataset<{
  readonly features: FieldType<'float32'>;
  readonly label: FieldType<'int32'>;
}>;

/** Scores classes of rows. */
export type Perceptrons = Model<{ readonly features: TensorType }, { readonly logits: Tensor }>;

/** Sizes of a network. */
export interface PerceptronSizes {
  readonly features: number;
  readonly classes: number;
  /** Units of each hidden layer. */
  readonly width: number;
  /** Number of hidden layers; none makes the network linear. */
  readonly depth: number;
}

/** Dense layers, each fully connected to the one before: `[batch, features]` to `[batch, classes]`. */
export function perceptrons(
  name: string,
  { features, classes, width, depth }: PerceptronSizes,
): Perceptrons {
  const hidden = Array.from({ length: depth }, () => dense(width, { activation: 'relu' }));
  const layers = sequential(...hidden, dense(classes));
  return defineModel({
    name,
    inputs: { features: tensor('float32', ['batch', features]) },
    build: (inputs) => ({ logits: layers(inputs.features) }),
  });
}

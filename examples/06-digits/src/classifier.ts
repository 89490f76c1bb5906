import type { Model, Tensor, TensorType } from '@etalon/core';
import {
  conv2d,
  defineModel,
  dense,
  dropout,
  flatten,
  maxPool2d,
  sequential,
  tensor,
} from '@etalon/core';

/** A classifier of grey images, which shows what its first layer sees. */
export type Classifier = Model<
  { readonly image: TensorType },
  {
    /** Scores of ten classes. */
    readonly logits: Tensor;
    /** Maps of the first layer, `[batch, 28, 28, filters]`. */
    readonly maps: Tensor;
  }
>;

/** Filters of the three layers of convolution. */
export type Widths = readonly [first: number, second: number, third: number];

/** Three layers of convolution, each half the size of the one before, and dropout before the scores. */
export function classifier(name: string, [first, second, third]: Widths): Classifier {
  const see = conv2d(first, { kernelSize: 5, padding: 'same', activation: 'relu' });
  const classify = sequential(
    maxPool2d(2),
    conv2d(second, { kernelSize: 5, padding: 'same', activation: 'relu' }),
    maxPool2d(2),
    conv2d(third, { kernelSize: 3, padding: 'same', activation: 'relu' }),
    maxPool2d(2),
    flatten(),
    dropout(0.4),
    dense(10),
  );
  return defineModel({
    name,
    inputs: { image: tensor('float32', ['batch', 28, 28, 1]) },
    build: ({ image }) => {
      const maps = see(image);
      return { logits: classify(maps), maps };
    },
  });
}

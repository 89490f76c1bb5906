import type { Model, Tensor } from '@etalon/core';
import { conv2d, defineModel, dense, flatten, maxPool2d, sequential, tensor } from '@etalon/core';

/** What the model maps: a grey image to a score for each digit. */
type Digits = Model<{ readonly image: ReturnType<typeof tensor> }, { readonly logits: Tensor }>;

/** A small convolutional network for 28x28 images: the one definition that every engine runs. */
export const digits: Digits = defineModel({
  name: 'digits',
  inputs: { image: tensor('float32', ['batch', 28, 28, 1]) },
  build: ({ image }) => ({
    logits: sequential(
      conv2d(16, { kernelSize: 3, activation: 'relu' }),
      maxPool2d(2),
      conv2d(32, { kernelSize: 3, activation: 'relu' }),
      maxPool2d(2),
      flatten(),
      dense(10),
    )(image),
  }),
});

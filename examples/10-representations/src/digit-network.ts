import type { Model, Tensor, TensorType } from '@etalon/core';
import { conv2d, defineModel, dense, flatten, maxPool2d, sequential, tensor } from '@etalon/core';

/** Tells five digits apart. */
export type DigitNetwork = Model<{ readonly image: TensorType }, { readonly logits: Tensor }>;

/** Layers of convolution that see, and dense ones that decide: their names say which. */
export function digitNetwork(filters: number): DigitNetwork {
  const see = { kernelSize: 5, padding: 'same', activation: 'relu' } as const;
  const layers = sequential(
    conv2d(filters, { name: 'seeStrokes', ...see }),
    maxPool2d(2),
    conv2d(2 * filters, { name: 'seeShapes', ...see }),
    maxPool2d(2),
    flatten(),
    dense(64, { name: 'decide', activation: 'relu' }),
    dense(5, { name: 'scores' }),
  );
  return defineModel({
    name: 'digits',
    inputs: { image: tensor('float32', ['batch', 28, 28, 1]) },
    build: ({ image }) => ({ logits: layers(image) }),
  });
}

/** Whether a parameter belongs to a layer that sees. */
export function sees(path: string): boolean {
  return path.startsWith('see');
}

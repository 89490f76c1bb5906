import type { Model, Tensor, TensorType } from '@etalon/core';
import { defineModel, dense, flatten, reshapeTo, sequential, tensor } from '@etalon/core';

/** Numbers that an image is squeezed into. */
export const codeSize = 16;

const image = tensor('float32', ['batch', 28, 28, 1]);

/** Squeezes images into codes and unfolds them again: one network, and its halves. */
export interface Autoencoder {
  readonly whole: Model<{ readonly image: TensorType }, { readonly image: Tensor }>;
  /** `[batch, 28, 28, 1]` to `[batch, 16]`. */
  readonly encoder: Model<{ readonly image: TensorType }, { readonly code: Tensor }>;
  /** `[batch, 16]` to `[batch, 28, 28, 1]`. */
  readonly decoder: Model<{ readonly code: TensorType }, { readonly image: Tensor }>;
}

/**
 * Dense layers that narrow to the code and widen again. The layers have names, so that the variables of the whole are found in its
 * halves. Hinton and Salakhutdinov 2006.
 */
export function autoencoder(width: number): Autoencoder {
  const relu = { activation: 'relu' } as const;
  const encode = sequential(
    flatten(),
    dense(2 * width, { name: 'encoderWide', ...relu }),
    dense(width, { name: 'encoderNarrow', ...relu }),
    dense(codeSize, { name: 'code' }),
  );
  const decode = sequential(
    dense(width, { name: 'decoderNarrow', ...relu }),
    dense(2 * width, { name: 'decoderWide', ...relu }),
    dense(28 * 28, { name: 'pixels', activation: 'sigmoid' }),
    reshapeTo([28, 28, 1]),
  );
  return {
    whole: defineModel({
      name: 'autoencoder',
      inputs: { image },
      build: (inputs) => ({ image: decode(encode(inputs.image)) }),
    }),
    encoder: defineModel({
      name: 'encoder',
      inputs: { image },
      build: (inputs) => ({ code: encode(inputs.image) }),
    }),
    decoder: defineModel({
      name: 'decoder',
      inputs: { code: tensor('float32', ['batch', codeSize]) },
      build: (inputs) => ({ image: decode(inputs.code) }),
    }),
  };
}

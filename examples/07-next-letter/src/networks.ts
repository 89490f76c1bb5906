import type { Model, Tensor, TensorFunction, TensorType } from '@etalon/core';
import {
  defineModel,
  dense,
  dropout,
  embedding,
  layerNormalization,
  lstm,
  normal,
  sequential,
  tensor,
  transformerDecoderBlock,
} from '@etalon/core';

/** A model that takes letters and scores which one follows each. */
export type LetterModel = Model<{ readonly input: TensorType }, { readonly logits: Tensor }>;

/** Size of a recurrent network. */
export interface LstmSize {
  readonly units: number;
}

/** Size of a network of attention. */
export interface GptSize {
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  /** How many letters back it sees. */
  readonly context: number;
}

function letterModel(name: string, network: TensorFunction): LetterModel {
  return defineModel({
    name,
    inputs: { input: tensor('int32', ['batch', 'time']) },
    build: ({ input }) => ({ logits: network(input) }),
  });
}

/** One layer of long short-term memory. */
export function lstmModel(letters: number, { units }: LstmSize): LetterModel {
  return letterModel(
    'lstm',
    sequential(
      embedding(letters, 32),
      lstm(units, { returnSequences: true }),
      dropout(0.3),
      dense(letters),
    ),
  );
}

/** Decoder blocks of a transformer, whose positions are turned into queries and keys. */
export function gptModel(letters: number, { width, blocks, heads, context }: GptSize): LetterModel {
  // Small first weights, as in Radford et al. 2019: the sum of all blocks begins near the embeddings.
  const kernelInitializer = normal({ standardDeviation: 0.02 });
  const block = (): TensorFunction =>
    transformerDecoderBlock({
      heads,
      feedForwardSize: 4 * width,
      context,
      rotary: true,
      dropout: 0.2,
      kernelInitializer,
    });
  return letterModel(
    'gpt',
    sequential(
      embedding(letters, width, { embeddingsInitializer: kernelInitializer }),
      dropout(0.1),
      ...Array.from({ length: blocks }, block),
      layerNormalization(),
      dense(letters, { kernelInitializer }),
    ),
  );
}

import { tensor } from '@etalon/compiler';
import type { HostTensorOf } from '@etalon/spec';
import type { TensorFunction } from '../../src/index.ts';
import {
  defineModel,
  dense,
  embedding,
  gru,
  positionEmbedding,
  sequential,
  transformerDecoderBlock,
} from '../../src/index.ts';

/** How many tokens the writers know. */
export const tokenCount = 7;

/** A model that scores the token after each one. */
export function writerOf(network: TensorFunction) {
  return defineModel({
    name: 'writer',
    inputs: { id: tensor('int32', ['batch', 'time']) },
    build: ({ id }) => ({ logits: network(id) }),
  });
}

// A context that texts of tests outgrow: keys and values move on.
const block = () =>
  transformerDecoderBlock({ heads: 2, feedForwardSize: 8, context: 6, rotary: true });

/** Networks that generate, each of what carries another state. */
export const writers: Readonly<Record<string, TensorFunction>> = {
  'gated recurrent units': sequential(
    embedding(tokenCount, 6),
    gru(8, { returnSequences: true }),
    dense(tokenCount),
  ),
  'decoder blocks': sequential(embedding(tokenCount, 8), block(), block(), dense(tokenCount)),
  'learnt positions': sequential(
    embedding(tokenCount, 8),
    positionEmbedding(16),
    block(),
    dense(tokenCount),
  ),
};

/** Tokens as a model takes them. */
export function idsOf(tokens: ArrayLike<number>): HostTensorOf<'int32'> {
  return { dtype: 'int32', shape: [1, tokens.length], data: Int32Array.from(tokens) };
}

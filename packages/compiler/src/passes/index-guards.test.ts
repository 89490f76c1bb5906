import { describe, expect, it } from 'vitest';
import {
  add,
  cast,
  constant,
  gather,
  nameScope,
  oneHot,
  pad,
  reshape,
  scatterAdd,
  slice,
  stopGradient,
  tensor,
  traceProgram,
  transpose,
} from '../index.ts';
import { indexGuards } from './index-guards.ts';

const inputs = {
  table: tensor('float32', ['vocabulary', 4]),
  tokens: tensor('int32', ['batch', 'time']),
  label: tensor('uint8', ['batch']),
  score: tensor('float32', ['batch']),
};

describe(indexGuards, () => {
  it('finds inputs that index, with the path and the number of places', () => {
    const program = traceProgram('model', inputs, ({ table, tokens, score }) => ({
      embedded: nameScope('embedding_1', () => gather(table, tokens)),
      hot: oneHot(tokens, { depth: 10 }),
      summed: scatterAdd(slice(reshape(tokens, [-1]), { starts: [0], sizes: ['batch'] }), score, {
        size: 7,
      }),
    }));
    expect(indexGuards(program)).toEqual([
      { input: 'tokens', path: 'embedding_1 › gather', limit: 'vocabulary' },
      { input: 'tokens', path: 'oneHot', limit: 10 },
      { input: 'tokens', path: 'scatterAdd', limit: 7 },
    ]);
  });

  it('sees through what moves elements or converts integers', () => {
    const program = traceProgram('model', inputs, ({ tokens, label }) => ({
      a: oneHot(stopGradient(transpose(tokens)), { depth: 3 }),
      b: oneHot(cast(label, 'int32'), { depth: 4 }),
    }));
    expect(indexGuards(program).map(({ input, limit }) => [input, limit])).toEqual([
      ['tokens', 3],
      ['label', 4],
    ]);
  });

  it('leaves out indices that are computed, padded or constant', () => {
    const program = traceProgram('model', inputs, ({ tokens, score }) => ({
      computed: oneHot(add(tokens, 1), { depth: 3 }),
      truncated: oneHot(cast(score, 'int32'), { depth: 3 }),
      padded: oneHot(pad(tokens, { before: [1, 0], after: [0, 0] }), { depth: 3 }),
      constant: oneHot(constant({ dtype: 'int32', shape: [1], data: Int32Array.of(1) }), {
        depth: 3,
      }),
    }));
    expect(indexGuards(program)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Tensor } from '../index.ts';
import {
  add,
  cast,
  constant,
  gather,
  nameScope,
  oneHot,
  pad,
  reshape,
  scan,
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
      { input: 'tokens', path: 'embedding_1 › gather', limit: 'vocabulary', loops: [] },
      { input: 'tokens', path: 'oneHot', limit: 10, loops: [] },
      { input: 'tokens', path: 'scatterAdd', limit: 7, loops: [] },
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

describe('guards of operators in bodies', () => {
  const given = {
    table: tensor('float32', ['rows', 4]),
    batches: tensor('int32', ['steps', 'batch']),
    labels: tensor('int32', ['rows']),
    first: tensor('int32', ['batch']),
  };
  type Symbols = { readonly [K in keyof typeof given]: Tensor };
  const guards = (body: (symbols: Symbols) => Tensor) =>
    indexGuards(traceProgram('model', given, (symbols) => ({ y: body(symbols) })));

  it('look through slices and invariant operands', () => {
    const found = guards(
      ({ table, batches, labels }) =>
        scan(
          (_: object, batch: Tensor) => ({
            carried: {},
            stacked: [gather(table, reshape(batch, [-1, 1])), gather(batch, labels)],
          }),
          { carried: {}, stacked: batches },
        ).stacked[0] as Tensor,
    );
    expect(found).toEqual([
      { input: 'batches', path: 'gather', limit: 'rows', loops: ['steps'] },
      { input: 'labels', path: 'gather', limit: 'batch', loops: ['steps'] },
    ]);
  });

  it('look through a gather: labels of a batch are elements of all labels', () => {
    const found = guards(
      ({ batches, labels }) =>
        scan(
          (_: object, batch: Tensor) => ({
            carried: {},
            stacked: oneHot(gather(labels, batch), { depth: 9 }),
          }),
          { carried: {}, stacked: batches },
        ).stacked,
    );
    expect(found.map(({ input, limit }) => [input, limit])).toEqual([
      ['batches', 'rows'],
      ['labels', 9],
    ]);
  });

  it('look through loops in loops, and name the lengths of all', () => {
    const found = guards(
      ({ table, batches }) =>
        scan(
          (_: object, batch: Tensor) => ({
            carried: {},
            stacked: scan(
              (__: object, at: Tensor) => ({ carried: {}, stacked: gather(table, at) }),
              { carried: {}, stacked: batch },
            ).stacked,
          }),
          { carried: {}, stacked: batches },
        ).stacked,
    );
    expect(found).toEqual([
      { input: 'batches', path: 'gather', limit: 'rows', loops: ['steps', 'batch'] },
    ]);
  });

  it('look at carried values as they were first, and at nothing that a body makes', () => {
    const found = guards(
      ({ table, first }) =>
        scan(
          (at: Tensor, _: object, iteration: Tensor) => ({
            carried: add(at, 1),
            stacked: [gather(table, at), gather(table, iteration)],
          }),
          { carried: first, length: 3 },
        ).stacked[0] as Tensor,
    );
    expect(found).toEqual([{ input: 'first', path: 'gather', limit: 'rows', loops: [3] }]);
  });
});

import type { Tensor } from '@etalon/compiler';
import { prepare, tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { caught } from '../../../test/support/errors.ts';
import { firstState, streamed, wavesOf } from '../../../test/support/streaming.ts';
import { evaluate, integers } from '../../../test/support/tensors.ts';
import { defineModel } from '../../model/define-model.ts';
import { dense } from '../dense.ts';
import { sequential } from '../sequential.ts';
import type { MultiHeadAttentionOptions } from './multi-head-attention.ts';
import { multiHeadAttention } from './multi-head-attention.ts';
import { positionEmbedding } from './position-embedding.ts';
import { sinusoidalPositions } from './sinusoidal-positions.ts';
import { transformerDecoderBlock, transformerEncoderBlock } from './transformer-blocks.ts';

const x = tensor('float32', ['batch', 'time', 6]);

function modelOf(apply: (x: Tensor) => Tensor) {
  return defineModel({ name: 'stream', inputs: { x }, build: (given) => ({ y: apply(given.x) }) });
}

const attention = (options: Partial<MultiHeadAttentionOptions> = {}) =>
  multiHeadAttention({ heads: 2, causal: true, context: 5, ...options });

describe('attention that is called step by step', () => {
  const networks = {
    attention: attention(),
    'attention of other sizes': attention({ keySize: 4, valueSize: 3, outputSize: 5 }),
    'rotary attention': attention({ rotary: { base: 100 }, keySize: 4 }),
    'two layers': sequential(attention({ rotary: true, keySize: 2 }), attention({ context: 3 })),
    'a context of one': attention({ context: 1 }),
    'decoder blocks': sequential(
      transformerDecoderBlock({
        heads: 2,
        feedForwardSize: 5,
        context: 4,
        rotary: true,
        keySize: 2,
      }),
      transformerDecoderBlock({ heads: 3, feedForwardSize: 5, context: 6, normFirst: false }),
    ),
    'learnt positions': sequential(positionEmbedding(9), attention()),
    'sinusoidal positions': sequential(dense(6), sinusoidalPositions(), attention({ context: 9 })),
  };
  // one at a time, several, more than the context, and on after it is full
  const cuts = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 4, 9], [7, 8, 9], [9]];
  it.each(
    Object.entries(networks).flatMap(([name, network]) =>
      cuts.map((ends) => ({ name, network, ends })),
    ),
  )('gives what $name of the whole sequence gives: steps up to $ends', ({ network, ends }) => {
    const model = modelOf(network);
    const variables = model.initialize(3);
    const whole = wavesOf([2, 9, 6]);
    const { y = [] } = evaluate(model.freeze(variables), { x: whole });
    const found = streamed(model.streaming(variables), whole, ends);
    expect(found).toHaveLength(y.length);
    // float64, but that what is carried is handed over as float32
    found.forEach((value, at) => {
      expect(Math.abs(value - (y[at] ?? Number.NaN))).toBeLessThan(1e-6);
    });
    expect(Math.max(...y.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('carries keys, values and a position', () => {
    const model = modelOf(attention({ keySize: 4, valueSize: 3 }));
    expect(model.streaming(model.initialize(0)).carried).toMatchObject({
      'carried/position': { dtype: 'int32', shape: [] },
      'carried/multiHeadAttention_1/keys': { dtype: 'float32', shape: ['batch', 2, 5, 4] },
      'carried/multiHeadAttention_1/values': { dtype: 'float32', shape: ['batch', 2, 5, 3] },
    });
  });

  it('counts the steps once for all layers, and apart for sequences of other sizes', () => {
    const model = defineModel({
      name: 'two',
      inputs: { x, other: tensor('float32', ['batch', 'later', 6]) },
      build: (given) => ({
        y: sequential(sinusoidalPositions(), attention({ rotary: true, keySize: 2 }))(given.x),
        z: attention({ context: 3 })(given.other),
      }),
    });
    const variables = model.initialize(0);
    const { program, carried } = model.streaming(variables);
    const counts = Object.keys(carried).filter((name) => carried[name]?.dtype === 'int32');
    expect(counts).toEqual(['carried/position', 'carried/position_2']);
    const outputs = evaluate(program, {
      ...firstState(carried, 1),
      x: wavesOf([1, 3, 6]),
      other: wavesOf([1, 2, 6]),
    });
    expect(counts.map((name) => outputs[name])).toEqual([[3], [2]]);
  });

  it('attends to another sequence, given whole with each call', () => {
    const [own, other] = [attention(), attention({ causal: false })];
    const model = defineModel({
      name: 'cross',
      inputs: { x, source: tensor('float32', ['batch', 'source', 4]) },
      build: (given) => ({ y: other({ query: own(given.x), value: given.source }) }),
    });
    const variables = model.initialize(1);
    const [whole, source] = [wavesOf([1, 4, 6]), wavesOf([1, 3, 4])];
    const { y } = evaluate(model.freeze(variables), { x: whole, source });
    const found = streamed(model.streaming(variables), whole, [1, 3, 4], { source });
    expect(found).toHaveLength(24);
    found.forEach((value, at) => {
      expect(Math.abs(value - (y?.[at] ?? Number.NaN))).toBeLessThan(1e-6);
    });
  });

  it('is refused without a context, with a mask, and where later steps are needed', () => {
    const refusal = (apply: (x: Tensor) => Tensor) => {
      const model = modelOf(apply);
      return caught(() => model.streaming(model.initialize(0)));
    };
    const endless = multiHeadAttention({ heads: 2, causal: true, name: 'decoder' });
    expect(refusal(endless)).toMatchObject({
      code: 'STREAM_CONTEXT',
      message: expect.stringMatching(/^decoder: .*got no context\.\nFix: pass the option context/),
    });
    for (const apply of [
      attention({ causal: false }),
      transformerEncoderBlock({ heads: 2, feedForwardSize: 3 }),
      (given: Tensor) => attention()({ query: given, value: dense(6)(given) }),
    ]) {
      expect(refusal(apply)).toMatchObject({ name: 'ProgramError', code: 'STREAM_ATTENTION' });
    }
    const layer = attention();
    const masked = defineModel({
      name: 'masked',
      inputs: { x, mask: tensor('bool', ['batch', 'time']) },
      build: (given) => ({ y: layer({ query: given.x, value: given.x, mask: given.mask }) }),
    });
    expect(caught(() => masked.streaming(masked.initialize(0)))).toMatchObject({
      code: 'STREAM_ATTENTION',
      message: expect.stringContaining('self-attention with a mask'),
    });
  });
});

describe('positionEmbedding', () => {
  const model = modelOf(positionEmbedding(4));
  const variables = model.initialize(0);
  const place = 'carried/position';

  it('refuses sequences that are longer than its table', async () => {
    const prepared = await prepare(model.freeze(variables), createReferenceBackend());
    await expect(prepared.run({ x: wavesOf([1, 5, 6]) })).rejects.toMatchObject({
      code: 'SHAPE_RUN_SIZES',
    });
    prepared.dispose();
    const layer = positionEmbedding(4);
    const long = caught(() =>
      defineModel({
        name: 'long',
        inputs: { x: tensor('float32', ['batch', 5, 6]) },
        build: (given) => ({ y: layer(given.x) }),
      }),
    );
    expect(long).toMatchObject({ name: 'ShapeError', code: 'SHAPE_SLICE_RANGE' });
    expect(long.message).toContain('positionEmbedding_1');
  });

  it('refuses steps beyond its table', async () => {
    const { program } = model.streaming(variables);
    const prepared = await prepare(program, createReferenceBackend());
    const run = (position: number, time: number) =>
      prepared.run({ x: wavesOf([1, time, 6]), [place]: { ...integers(position), shape: [] } });
    expect(await (await run(3, 1))[place]?.read()).toMatchObject({ data: Int32Array.of(4) });
    expect(await (await run(1, 3))[place]?.read()).toMatchObject({ data: Int32Array.of(4) });
    await expect(run(4, 1)).rejects.toMatchObject({ code: 'INDEX_OUT_OF_RANGE' });
    await expect(run(2, 3)).rejects.toMatchObject({ code: 'INDEX_OUT_OF_RANGE' });
    await expect(run(0, 5)).rejects.toMatchObject({ code: 'SHAPE_RUN_SIZES' });
    prepared.dispose();
  });
});

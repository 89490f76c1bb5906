import type { Tensor } from '@etalon/compiler';
import { reduceSum, tensor, traceProgram } from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../../test/support/errors.ts';
import { evaluate, floats } from '../../../test/support/tensors.ts';
import { orthogonal } from '../../initializers/orthogonal.ts';
import { defineModel, stateOf } from '../../model/define-model.ts';
import type { Model } from '../../model/model.ts';
import { dense } from '../dense.ts';
import type { Layer } from '../layer.ts';
import { sequential } from '../sequential.ts';
import type { DirectedInputs } from './bidirectional.ts';
import { bidirectional } from './bidirectional.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import type { RecurrentOptions } from './options.ts';
import { simpleRnn } from './simple-rnn.ts';
import { timeDistributed } from './time-distributed.ts';

const x = tensor('float32', ['batch', 'time', 3]);

function sequenceModel(
  apply: (x: Tensor) => Tensor,
): Model<{ readonly x: typeof x }, { y: Tensor }> {
  return defineModel({
    name: 'sequence',
    inputs: { x },
    build: (inputs) => ({ y: apply(inputs.x) }),
  });
}

function waves(batch: number, time: number): HostTensor {
  const data = Float32Array.from({ length: batch * time * 3 }, (_, at) => Math.sin(at * at));
  return { dtype: 'float32', shape: [batch, time, 3], data };
}

/** Steps `from` to `to` of sequences. */
function steps({ shape, data }: HostTensor, from: number, to: number): HostTensor {
  const [batch = 0, time = 0, features = 0] = shape;
  const rows = Array.from({ length: batch }, (_, row) => [
    ...data.subarray((row * time + from) * features, (row * time + to) * features),
  ]);
  return floats(rows.flat(), [batch, to - from, features]);
}

const kinds: Readonly<
  Record<string, (units: number, options?: RecurrentOptions) => Layer<DirectedInputs>>
> = { simpleRnn, lstm, gru };

type State = { readonly hidden: Tensor };
type Stateful = (input: Tensor | { readonly input: Tensor; readonly initialState: State }) => {
  readonly output: Tensor;
  readonly state: State;
};

describe('streaming', () => {
  const networks = {
    ...Object.fromEntries(
      Object.entries(kinds).map(([kind, make]) => [
        kind,
        sequential(
          make(4, { returnSequences: true }),
          make(2, { returnSequences: true }),
          dense(5),
        ),
      ]),
    ),
    mixed: sequential(
      timeDistributed(dense(3, { activation: 'tanh' })),
      gru(4, { returnSequences: true, resetAfter: false }),
      lstm(3, { returnSequences: true }),
    ),
  };

  it.each(Object.entries(networks))(
    'gives, step by step, what one call of the whole sequence of %s gives',
    (_, network) => {
      const model = sequenceModel(network);
      const variables = model.initialize(3);
      const whole = waves(2, 7);
      const { y = [] } = evaluate(model.freeze(variables), { x: whole });
      const { program, carried } = model.streaming(variables);
      expect(program.inputs.map(({ name }) => name)).toEqual(['x', ...Object.keys(carried)]);
      let state: Record<string, HostTensor> = Object.fromEntries(
        Object.entries(carried).map(([name, { shape }]) => {
          const units = Number(shape[1]);
          return [name, floats(new Float32Array(2 * units), [2, units])];
        }),
      );
      const parts: number[][] = [];
      for (const [from, to] of [
        [0, 1],
        [1, 2],
        [2, 5],
        [5, 6],
        [6, 7],
      ] as const) {
        const outputs = evaluate(program, { x: steps(whole, from, to), ...state });
        state = Object.fromEntries(
          Object.entries(state).map(([name, { shape }]) => [
            name,
            floats(outputs[name] ?? [], shape),
          ]),
        );
        const width = y.length / 14;
        (outputs.y ?? []).forEach((value, at) => {
          const [row, step] = [Math.floor(at / (width * (to - from))), Math.floor(at / width)];
          const place = row * 7 + from + (step % (to - from));
          parts[place] = [...(parts[place] ?? []), value];
        });
      }
      parts.flat().forEach((value, at) => {
        // float64 throughout, but that the state is handed over as float32
        expect(Math.abs(value - (y[at] ?? Number.NaN))).toBeLessThan(1e-6);
      });
      expect(parts.flat()).toHaveLength(y.length);
    },
  );

  it('is refused where there is nothing to carry, or not all of it', () => {
    const model = sequenceModel(dense(2));
    expect(caught(() => model.streaming(model.initialize(0)))).toMatchObject({
      name: 'ProgramError',
      code: 'STREAM_NONE',
    });
    const both = sequenceModel(
      bidirectional((direction) => gru(2, { direction, returnSequences: true })),
    );
    expect(caught(() => both.streaming(both.initialize(0)))).toMatchObject({
      code: 'STREAM_REVERSE',
      message: expect.stringMatching(/^bidirectional_1 › gru_2: .*got direction "reverse"/),
    });
    const shared = gru(3, { returnSequences: true });
    const twice = sequenceModel((input) => shared(shared(input)));
    expect(caught(() => twice.streaming(twice.initialize(0)))).toMatchObject({
      code: 'STREAM_SHARED_LAYER',
    });
  });
});

describe('recurrent layers', () => {
  it.each(Object.entries(kinds))('%s goes on where a state ended', (_, make) => {
    const layer = make(4, {
      returnState: true,
      returnSequences: true,
    } as RecurrentOptions) as unknown as Stateful;
    const model = defineModel({
      name: 'state',
      inputs: { x, first: tensor('float32', ['batch', 'before', 3]) },
      build: (inputs) => {
        const { state } = layer(inputs.first);
        return { y: layer({ input: inputs.x, initialState: state }).output };
      },
    });
    const once = sequenceModel(make(4, { returnSequences: true }));
    const variables = model.initialize(5);
    const whole = waves(1, 6);
    const { y } = evaluate(model.freeze(variables), {
      first: steps(whole, 0, 4),
      x: steps(whole, 4, 6),
    });
    const all = evaluate(once.freeze(variables), { x: whole }).y;
    expect(y).toEqual(all?.slice(4 * 4));
  });

  it('leave the state as it is where the mask says that a step is not there', () => {
    const layer = lstm(3);
    const model = defineModel({
      name: 'masked',
      inputs: { x, mask: tensor('bool', ['batch', 'time']) },
      build: ({ x: input, mask }) => ({ y: layer({ input, mask }) }),
    });
    const variables = model.initialize(1);
    const sequence = waves(1, 5);
    const mask = { dtype: 'bool', shape: [1, 5], data: Uint8Array.of(1, 1, 0, 0, 0) } as const;
    const { y } = evaluate(model.freeze(variables), { x: sequence, mask });
    const short = sequenceModel(lstm(3)).freeze(variables);
    expect(y).toEqual(evaluate(short, { x: steps(sequence, 0, 2) }).y);
  });

  it('drop the same elements in all steps of training, and none in inference', () => {
    const count = (options: object): readonly string[] => {
      const model = sequenceModel(gru(4, options));
      const program = traceProgram(
        'train',
        { ...model.inputs, v: stateOf(model) },
        ({ x: input, v }) => ({
          y: reduceSum(model.apply(v, { x: input }, { mode: 'train' }).outputs.y),
        }),
      );
      return program.nodes.flatMap((node) =>
        node.operator === 'randomBernoulli' ? [JSON.stringify(node.attributes.shape)] : [],
      );
    };
    expect(count({ dropout: 0.5, recurrentDropout: 0.25 })).toEqual([
      '["batch",1,3]',
      '["batch",4]',
    ]);
    expect(count({})).toEqual([]);
    const { nodes } = sequenceModel(gru(4, { dropout: 0.5, recurrentDropout: 0.5 })).program();
    expect(nodes.some(({ operator }) => operator === 'randomBernoulli')).toBe(false);
  });

  it('begin with an orthogonal recurrent kernel and a forget gate that is open', () => {
    const { parameters } = sequenceModel(lstm(4)).initialize(2);
    const bias = [...(parameters['lstm_1/bias']?.data ?? [])];
    expect(bias).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const kernel = parameters['lstm_1/recurrentKernel']?.data ?? new Float32Array();
    for (const a of [0, 1, 2, 3]) {
      for (const b of [0, 1, 2, 3]) {
        let product = 0;
        for (let at = 0; at < 16; at++)
          product += (kernel[a * 16 + at] ?? 0) * (kernel[b * 16 + at] ?? 0);
        expect(product).toBeCloseTo(a === b ? 1 : 0, 6);
      }
    }
    expect(
      orthogonal({ gain: 2 })
        .sample([1, 2], [3, 1])
        .reduce((sum, v) => sum + v * v, 0),
    ).toBeCloseTo(4, 5);
  });

  it('name what is wrong', () => {
    expect(caught(() => lstm(0))).toMatchObject({ name: 'AttributeError' });
    expect(caught(() => gru(2, { recurrentDropout: 1 }))).toMatchObject({
      code: 'OPTION_RANGE',
      message: 'gru: recurrentDropout must be in [0, 1), got 1.',
    });
    expect(caught(() => gru(2, { direction: 'back' as never }))).toMatchObject({
      code: 'OPTION_CHOICE',
      message: 'gru: direction must be "forward" or "reverse", got "back".',
    });
    expect(caught(() => bidirectional(() => gru(2), { mergeMode: 'mean' as never }))).toMatchObject(
      {
        code: 'OPTION_CHOICE',
      },
    );
    expect(caught(() => sequenceModel(sequential(lstm(2), lstm(2))))).toMatchObject({
      name: 'ShapeError',
    });
    const layer = lstm(2, { name: 'decoder' });
    const wrongState = caught(() =>
      defineModel({
        name: 'wrong',
        inputs: { x, h: tensor('float32', ['batch', 3]) },
        build: ({ x: input, h }) => ({ y: layer({ input, initialState: { hidden: h, cell: h } }) }),
      }),
    );
    expect(wrongState).toMatchObject({
      code: 'SHAPE_INITIAL_STATE',
      message:
        'decoder: the initial state "hidden" must fit the batch and the units, got float32[batch, 3].\nExpected float32[batch, 2].',
    });
    const wrongMask = caught(() =>
      defineModel({
        name: 'wrong',
        inputs: { x, mask: tensor('float32', ['batch', 'time']) },
        build: ({ x: input, mask }) => ({ y: layer({ input, mask }) }),
      }),
    );
    expect(wrongMask).toMatchObject({ code: 'DTYPE_MASK', name: 'DTypeError' });
    expect(
      caught(() =>
        defineModel({
          name: 'wrong',
          inputs: { y: tensor('float32', ['batch', 3]) },
          build: ({ y }) => ({ z: timeDistributed(dense(2))(y) }),
        }),
      ),
    ).toMatchObject({ code: 'SHAPE_LAYER_RANK' });
  });
});

import type { Tensor } from '@etalon/compiler';
import { div, simplify, sqrt, tensor, traceProgram } from '@etalon/compiler';
import type { ReferenceInputs, ReferenceTensor } from '@etalon/reference';
import { evaluateProgram, evaluateWithBounds } from '@etalon/reference';
import type { ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import vectors from '../../test/vectors/optimizers.json' with { type: 'json' };
import { adam, adamW } from './adam.ts';
import type { LearningRate, Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

const factories: Readonly<Record<string, (options: never) => Optimizer>> = {
  sgd,
  adam,
  adamW,
  rmsprop,
};

function updateProgram(optimizer: Optimizer, size: number): ProgramV1 {
  const vector = tensor('float32', [size]);
  const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, vector]));
  const inputs = { parameter: vector, gradient: vector, slots, step: tensor('float32', []) };
  return traceProgram('update', inputs, (context) => ({ ...optimizer.update(context) }));
}

type Numbers = readonly number[];
type State = Readonly<Record<string, Numbers>>;
type Round = (x: number) => number;

const vectorOf = (data: Numbers): ReferenceTensor => ({
  dtype: 'float32',
  shape: [data.length],
  data: Float64Array.from(data),
});

function inputsOf(state: State, gradient: Numbers, step: number): ReferenceInputs {
  const vectorsByName = Object.entries({ ...state, gradient }).map(
    ([name, data]) => [name, vectorOf(data)] as const,
  );
  const number = { dtype: 'float32', shape: [], data: Float64Array.of(step) } as const;
  return { ...Object.fromEntries(vectorsByName), step: number };
}

function firstState(optimizer: Optimizer, start: Numbers): State {
  const zeros = start.map(() => 0);
  const slots = optimizer.slots.map((slot) => [`slots/${slot}`, zeros] as const);
  return { parameter: start, ...Object.fromEntries(slots) };
}

/** Parameters after each step; the state is rounded in between. */
function trajectory(
  optimizer: Optimizer,
  start: Numbers,
  gradients: readonly Numbers[],
  round: Round = (x) => x,
): readonly Numbers[] {
  const program = simplify(updateProgram(optimizer, start.length));
  let state: State = firstState(optimizer, start.map(round));
  return gradients.map((gradient, index) => {
    const outputs = evaluateProgram(program, inputsOf(state, gradient, index + 1));
    state = Object.fromEntries(
      Object.entries(outputs).map(([name, { data }]) => [name, [...data].map(round)]),
    );
    return state.parameter ?? [];
  });
}

function optimizerOf(name: string, options: Readonly<Record<string, unknown>>): Optimizer {
  const { inverseRootRate, ...rest } = options;
  const learningRate: LearningRate = (step) => div(Number(inverseRootRate), sqrt(step));
  const all = inverseRootRate === undefined ? rest : { ...rest, learningRate };
  return factories[name]?.(all as never) ?? sgd({ learningRate: Number.NaN });
}

/** Largest distance of two trajectories, for each element relative to the way it covers in all. */
function largestDeviation(actual: readonly Numbers[], expected: readonly Numbers[]): number {
  const deviations = vectors.start.map((start, index) => {
    const wanted = expected.map((parameters) => parameters[index] ?? Number.NaN);
    const distances = wanted.map((value, step) =>
      Math.abs((actual[step]?.[index] ?? Number.NaN) - value),
    );
    const way = wanted.reduce(
      (sum, value, step) => sum + Math.abs(value - (wanted[step - 1] ?? start)),
      0,
    );
    const largest = Math.max(...distances);
    return largest === 0 ? 0 : largest / way;
  });
  return Math.max(...deviations);
}

const trajectories = vectors.trajectories.map(({ name, options, parameters }, index) => ({
  name,
  options: options as Readonly<Record<string, unknown>>,
  parameters,
  index,
}));

describe('optimizers', () => {
  it.each(trajectories)(
    '$name $options goes the way of PyTorch for 30 steps (case $index)',
    ({ name, options, parameters }) => {
      const optimizer = optimizerOf(name, options);
      const actual = trajectory(optimizer, vectors.start, vectors.gradients);
      expect(actual).toHaveLength(30);
      // constants of the program are rounded to float32, 6e-8 each
      expect(largestDeviation(actual, parameters)).toBeLessThan(3e-7);
    },
  );

  it.each(trajectories)(
    '$name $options stays on it with its state in float32 (case $index)',
    ({ name, options, parameters }) => {
      const optimizer = optimizerOf(name, options);
      const actual = trajectory(optimizer, vectors.start, vectors.gradients, Math.fround);
      const last = actual.at(-1) ?? [];
      parameters.at(-1)?.forEach((value, index) => {
        const start = vectors.start[index] ?? Number.NaN;
        const scale = Math.max(Math.abs(start), Math.abs(value), Math.abs(value - start));
        // thirty roundings of half an ulp
        expect(Math.abs((last[index] ?? Number.NaN) - value)).toBeLessThanOrEqual(2e-6 * scale);
      });
    },
  );

  it.each([
    [sgd({ learningRate: 0.1, momentum: 0.9 })],
    [adam()],
    [adamW({ weightDecay: 0 })],
    [rmsprop({ momentum: 0.9 })],
  ])('leave a parameter without gradient where it is ($name)', (optimizer) => {
    const still = trajectory(
      optimizer,
      [1, -2],
      [
        [0, 0],
        [0, 0],
      ],
    );
    expect(still).toEqual([
      [1, -2],
      [1, -2],
    ]);
  });

  // What one more parameter costs, after the scalar work is shared.
  it.each([
    [sgd({ learningRate: 0.1 }), 2, 0],
    [sgd({ learningRate: 0.1, momentum: 0.9 }), 6, 0],
    [sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 }), 10, 0],
    [adam(), 13, 12],
    [adamW(), 15, 12],
    [rmsprop(), 9, 1],
    [rmsprop({ momentum: 0.9 }), 13, 1],
  ])('$name adds few nodes for each parameter (case %#)', (optimizer, perParameter, shared) => {
    const count = (parameters: number): number => {
      const vector = tensor('float32', [3]);
      const one = { parameter: vector, gradient: vector };
      const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, vector]));
      const inputs = {
        all: Array.from({ length: parameters }, () => ({ ...one, slots })),
        step: tensor('float32', []),
      };
      const program = traceProgram('updates', inputs, ({ all, step }) => ({
        all: all.map((context) => ({ ...optimizer.update({ ...context, step }) })),
      }));
      return simplify(program).nodes.length;
    };
    expect([count(1), count(4)]).toEqual([shared + perParameter, shared + 4 * perParameter]);
  });
});

describe('adam', () => {
  // At step t with gradient g from zero moments: m̂ = g·(1 - β1)/(1 - β1^t) and v̂ likewise.
  it.each([[1], [2], [10], [1000], [100_000], [16_000_000]])(
    'keeps the digits of its corrections in float32 at step %d',
    (step) => {
      const program = simplify(updateProgram(adam(), 1));
      const gradient = 0.25;
      const { parameter } = evaluateWithBounds(
        program,
        inputsOf(firstState(adam(), [0]), [gradient], step),
        { precision: 'cpu' },
      );
      const correct = (decay: number) => {
        const beta = Math.fround(decay);
        return (1 - beta) / -Math.expm1(step * Math.log(beta));
      };
      const root = gradient * Math.sqrt(correct(0.999));
      const expected = (-1e-3 * gradient * correct(0.9)) / (root + 1e-8);
      const value = parameter?.data[0] ?? Number.NaN;
      expect(Math.abs(value / expected - 1)).toBeLessThan(3e-7);
      expect((parameter?.bound[0] ?? Number.NaN) / Math.abs(value)).toBeLessThan(3e-6);
    },
  );

  it('steps by the learning rate at each step of a constant gradient', () => {
    const gradients = Array.from({ length: 5000 }, () => [3]);
    const ways = trajectory(adam(), [0], gradients);
    const steps = ways.map(([at = Number.NaN], step) => at - (ways[step - 1]?.[0] ?? 0));
    // weighing with 1 - 0.999 instead of what its rounding leaves out would end 6e-6 off
    for (const step of steps) expect(Math.abs(step / -1e-3 - 1)).toBeLessThan(3e-7);
  });

  it.each([
    [0, 0],
    [1 - 1e-9, 1 - 1e-9],
  ])('takes every decay that its options allow (%d, %d)', (beta1, beta2) => {
    const ways = trajectory(adam({ beta1, beta2 }), [0], [[-3], [-3], [-3]]);
    ways.forEach(([at = Number.NaN], step) => {
      expect(at).toBeCloseTo(1e-3 * (step + 1), 9);
    });
  });

  it('gives the learning rate the number of the step, as a scalar', () => {
    const seen: Tensor[] = [];
    const optimizer = adam({
      learningRate: (step) => {
        seen.push(step);
        return step;
      },
    });
    const program = updateProgram(optimizer, 1);
    expect(seen.map(({ dtype, shape }) => ({ dtype, shape }))).toEqual([
      { dtype: 'float32', shape: [] },
    ]);
    const { parameter } = evaluateProgram(program, inputsOf(firstState(optimizer, [0]), [1], 1));
    // the first step is as large as the learning rate, here 1
    expect(parameter?.data[0]).toBeCloseTo(-1, 6);
  });
});

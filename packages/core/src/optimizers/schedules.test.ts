import { readFileSync } from 'node:fs';
import { tensor, traceProgram } from '@etalon/compiler';
import { evaluateProgram } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { evaluate, floats } from '../../test/support/tensors.ts';
import { clipByGlobalNorm, clipByNorm, clipByValue } from './clip-gradients.ts';
import { oneCycle } from './one-cycle.ts';
import type { Schedule } from './schedules.ts';
import { cosineDecay, exponentialDecay, linearDecay, piecewiseConstantDecay } from './schedules.ts';

const schedules = {
  cosineDecay,
  exponentialDecay,
  linearDecay,
  oneCycle,
  piecewiseConstantDecay,
};

type Numbers = Readonly<Record<string, readonly number[]>>;

interface Goldens {
  readonly settings: {
    readonly maxNorm: number;
    readonly limit: number;
    readonly steps: readonly number[];
  };
  readonly schedules: readonly {
    readonly schedule: keyof typeof schedules;
    readonly options: object;
    readonly rates: readonly number[];
  }[];
  readonly clipped: readonly {
    readonly gradients: Numbers;
    readonly globalNorm: Numbers;
    readonly norm: Numbers;
    readonly value: Numbers;
  }[];
}

const goldens: Goldens = JSON.parse(
  readFileSync(new URL('../../test/vectors/schedules.json', import.meta.url), 'utf8'),
);
const { maxNorm, limit, steps } = goldens.settings;

describe('schedules', () => {
  it.each(goldens.schedules)(
    '$schedule with $options gives the rates of Keras or optax',
    (golden) => {
      const make = schedules[golden.schedule] as (options: object) => Schedule;
      const schedule = make(golden.options);
      const program = traceProgram('rate', { step: tensor('float32', []) }, ({ step }) => ({
        rate: schedule(step),
      }));
      steps.forEach((done, at) => {
        // Optimizers count from 1.
        const { rate } = evaluateProgram(program, { step: floats([done + 1], []) });
        // π is a float32 constant.
        const hasWaves = ['cosineDecay', 'oneCycle'].includes(golden.schedule);
        const digits = hasWaves ? 6 : 12;
        expect(rate?.data[0]).toBeCloseTo(golden.rates[at] ?? Number.NaN, digits);
      });
    },
  );

  it.each<[string, () => Schedule]>([
    [
      'exponentialDecay',
      () => schedules.exponentialDecay({ initialRate: 1, decaySteps: 0, decayRate: 0.5 }),
    ],
    [
      'exponentialDecay',
      () => schedules.exponentialDecay({ initialRate: 1, decaySteps: 5, decayRate: 2 }),
    ],
    ['oneCycle', () => schedules.oneCycle({ peakRate: 1, totalSteps: 3 })],
    ['oneCycle', () => schedules.oneCycle({ peakRate: 1, totalSteps: 30, warmupShare: 1 })],
    ['oneCycle', () => schedules.oneCycle({ peakRate: 1, totalSteps: 30, finalDivisor: 0 })],
    ['linearDecay', () => schedules.linearDecay({ initialRate: -1, decaySteps: 5 })],
    ['cosineDecay', () => schedules.cosineDecay({ initialRate: 1, decaySteps: 5, warmupSteps: 2 })],
    [
      'piecewiseConstantDecay',
      () => schedules.piecewiseConstantDecay({ boundaries: [5, 3], rates: [1, 2, 3] }),
    ],
    [
      'piecewiseConstantDecay',
      () => schedules.piecewiseConstantDecay({ boundaries: [5], rates: [1] }),
    ],
  ])('%s refuses numbers out of range (case %#)', (name, make) => {
    const error = caught(make);
    expect(error).toMatchObject({ name: 'AttributeError', code: 'OPTION_RANGE' });
    expect(error.message.startsWith(`${name}: `)).toBe(true);
  });
});

describe('clipping', () => {
  const types = {
    a: tensor('float32', [3, 2]),
    b: tensor('float32', [4]),
    c: tensor('float32', []),
  };
  const program = traceProgram('clip', types, (gradients) => ({
    globalNorm: clipByGlobalNorm({ ...gradients }, maxNorm),
    norm: clipByNorm({ ...gradients }, maxNorm),
    value: clipByValue({ ...gradients }, limit),
  }));
  const run = (gradients: Numbers) =>
    evaluate(program, {
      a: floats(gradients.a ?? [], [3, 2]),
      b: floats(gradients.b ?? [], [4]),
      c: floats(gradients.c ?? [], []),
    });

  it.each(goldens.clipped)('is that of optax (case %#)', ({ gradients, ...expected }) => {
    const outputs = run(gradients);
    for (const [kind, tree] of Object.entries(expected)) {
      for (const [name, values] of Object.entries(tree)) {
        values.forEach((value, at) => {
          expect(outputs[`${kind}/${name}`]?.[at]).toBeCloseTo(value, 12);
        });
      }
    }
  });

  it('keeps the bits of gradients within the norm, and NaN', () => {
    const small = { a: [0.1, 0, -0.1, 0.2, 0, 0], b: [0, 0, 0, 0.3], c: [-0.25] };
    const float32 = (values: readonly number[]) => [...Float32Array.from(values)];
    const kept = run(small);
    for (const kind of ['globalNorm', 'norm', 'value']) {
      expect(kept[`${kind}/a`]).toEqual(float32(small.a));
      expect(kept[`${kind}/c`]).toEqual(float32(small.c));
    }
    const { 'globalNorm/c': all, 'norm/c': own } = run({ ...small, b: [Number.NaN, 0, 0, 0] });
    expect(all).toEqual([Number.NaN]);
    expect(own).toEqual(float32(small.c));
  });

  it('refuses a norm that is none', () => {
    expect(caught(() => clipByGlobalNorm({}, 0))).toMatchObject({ code: 'OPTION_RANGE' });
    expect(caught(() => clipByGlobalNorm({}, 1))).toMatchObject({ code: 'OPTION_COUNT' });
    expect(caught(() => clipByValue({}, Number.NaN))).toMatchObject({ code: 'OPTION_RANGE' });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineOptions } from '../test/float32-engine.ts';
import { runInFloat32 } from '../test/float32-engine.ts';
import { goldens, numbersOf, operandOf } from '../test/goldens.ts';
import type { Network } from '../test/networks.ts';
import { convolutionTraining, denseTraining, goldenNetwork } from '../test/networks.ts';
import { ProgramBuilder, singleOperatorProgram } from '../test/programs.ts';
import { noise, tensor } from '../test/tensors.ts';
import { evaluateProgram } from './evaluate-program.ts';
import type { BoundedTensor } from './evaluate-with-bounds.ts';
import { evaluateWithBounds } from './evaluate-with-bounds.ts';
import { isWithinBound } from './is-within-bound.ts';
import type { ReferenceTensor } from './tensor.ts';

/** Number of elements outside their bounds, over all outputs, and number that are not checked. */
function violations(
  expected: Record<string, BoundedTensor>,
  actual: Record<string, ReferenceTensor>,
): { readonly outside: number; readonly unchecked: number } {
  let outside = 0;
  let unchecked = 0;
  for (const [name, { data, bound }] of Object.entries(expected)) {
    data.forEach((value, i) => {
      const allowed = bound[i] as number;
      if (allowed === Number.POSITIVE_INFINITY) unchecked++;
      if (!isWithinBound(actual[name]?.data[i] as number, value, allowed)) outside++;
    });
  }
  return { outside, unchecked };
}

function compare({ program, inputs }: Network, options: EngineOptions) {
  const expected = evaluateWithBounds(program, inputs, { precision: 'cpu' });
  return violations(expected, runInFloat32(program, inputs, options));
}

/** Keeps so many bits after the leading one. */
function roundTo(bits: number): (x: number) => number {
  return (x) => {
    if (x === 0 || !Number.isFinite(x)) return x;
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(x))) - bits);
    return Math.round(x / unit) * unit;
  };
}

const orders = ['forward', 'reverse', 'lanes'] as const;
const networks = [
  ['dense training', denseTraining],
  ['convolution training', convolutionTraining],
] as const;

describe.each(networks)('bounds of %s', (_, network) => {
  it.each(orders)('hold a float32 engine that sums %s', (order) => {
    for (let seed = 1; seed <= 12; seed++) {
      expect(compare(network(seed * 10), { order }), `seed ${seed}`).toEqual({
        outside: 0,
        unchecked: 0,
      });
    }
  });

  it('catch an engine that computes with the 10 bits of float16', () => {
    expect(compare(network(10), { order: 'lanes', round: roundTo(10) }).outside).toBeGreaterThan(
      20,
    );
  });

  it('catch an engine that computes with the 7 bits of bfloat16', () => {
    expect(compare(network(10), { order: 'lanes', round: roundTo(7) }).outside).toBeGreaterThan(20);
  });

  it('catch an engine that drops the last term of long sums', () => {
    const sabotage = { order: 'forward', dropsTermFrom: 12 } as const;
    expect(compare(network(10), sabotage).outside).toBeGreaterThan(20);
  });
});

describe('bounds of single operators', () => {
  it('catch a swapped tie rule of max pooling', () => {
    const image = tensor([1, 1, 0, 0], [1, 2, 2, 1]);
    const dy = tensor([3], [1, 1, 1, 1]);
    const pooling = {
      windowSize: [2, 2],
      strides: [2, 2],
      padding: [
        [0, 0],
        [0, 0],
      ],
    } as const;
    const program = singleOperatorProgram('maxPool2dGradient', [image, dy], pooling, image);
    const y = evaluateWithBounds(program, { 0: image, 1: dy }, { precision: 'cpu' }).y;
    expect([...(y?.data ?? [])]).toEqual([3, 0, 0, 0]);
    expect([...(y?.bound ?? [])]).toEqual([0, 0, 0, 0]);
  });

  it('catch a function that is 1e-6 off', () => {
    const x = noise([64], 5);
    const program = singleOperatorProgram('tanh', [x], {}, x);
    const expected = evaluateWithBounds(program, { 0: x }, { precision: 'cpu' });
    const wrong = runInFloat32(
      program,
      { 0: x },
      {
        order: 'forward',
        replace: { tanh: (exact) => exact.map((y) => y * (1 + 1e-6)) },
      },
    );
    expect(violations(expected, wrong).outside).toBe(64);
  });

  it('grant a sum 2 + √n ulps of Σ|terms| and report it', () => {
    const x = tensor([1000, -999, 0.5, 0.25]);
    const program = singleOperatorProgram(
      'reduceSum',
      [x],
      { axes: [0], keepDims: false },
      {
        dtype: 'float32',
        shape: [],
      },
    );
    const y = evaluateWithBounds(program, { 0: x }, { precision: 'cpu' }).y;
    // 1,999.75 lies in [2^10, 2^11), where float32 numbers are 2^-13 apart
    expect(y?.bound[0]).toBe(4 * 2 ** -13);
    expect(y?.termSums).toEqual({
      path: 'reduceSum_1',
      operator: 'reduceSum',
      shape: [],
      data: Float64Array.of(1999.75),
    });
  });

  it('find exact what IEEE 754 makes exact', () => {
    const a = tensor([1.5, 3, -7]);
    const b = tensor([0.25, 4, 2]);
    for (const operator of ['add', 'sub', 'mul', 'div'] as const) {
      const program = singleOperatorProgram(operator, [a, b], {}, a);
      const cpu = evaluateWithBounds(program, { 0: a, 1: b }, { precision: 'cpu' }).y;
      expect([...(cpu?.bound ?? [])], operator).toEqual([0, 0, 0]);
    }
    // WGSL grants division 2.5 ulps even there
    const program = singleOperatorProgram('div', [a, b], {}, a);
    const gpu = evaluateWithBounds(program, { 0: a, 1: b }, { precision: 'gpu' }).y;
    expect(gpu?.bound[0]).toBe(2.5 * 2 ** -21);
  });

  it('count an input that is no float32 as rounded, except for the reference itself', () => {
    const x = tensor([0.1]);
    const program = singleOperatorProgram('identity', [x], {}, x);
    const cpu = evaluateWithBounds(program, { 0: x }, { precision: 'cpu' }).y;
    expect(cpu?.bound[0]).toBe(Math.fround(0.1) - 0.1);
    const exact = evaluateWithBounds(program, { 0: x }, { precision: 'exact' }).y;
    expect(exact?.bound[0]).toBe(Math.fround(0.1) - 0.1);
    const doubled = singleOperatorProgram('exp', [x], {}, x);
    const y = evaluateWithBounds(doubled, { 0: x }, { precision: 'exact' }).y;
    expect(y?.bound[0]).toBeLessThan(0.51 * 2 ** -23);
  });

  it('count the rounding of attributes', () => {
    const x = tensor([1]);
    const attributes = { before: [1], after: [0], value: 0.1 };
    const type = { dtype: 'float32', shape: [2] } as const;
    const program = singleOperatorProgram('pad', [x], attributes, type);
    const y = evaluateWithBounds(program, { 0: x }, { precision: 'cpu' }).y;
    expect([...(y?.bound ?? [])]).toEqual([Math.fround(0.1) - 0.1, 0]);
    const negative = tensor([-3]);
    const leaky = singleOperatorProgram('leakyRelu', [negative], { alpha: 0.1 }, negative);
    const z = evaluateWithBounds(leaky, { 0: negative }, { precision: 'cpu' }).y;
    const engine = Math.fround(-3 * Math.fround(0.1));
    expect(isWithinBound(engine, z?.data[0] as number, z?.bound[0] as number)).toBe(true);
    expect(isWithinBound(engine + 2 ** -23, z?.data[0] as number, z?.bound[0] as number)).toBe(
      false,
    );
  });

  it('leave unchecked what may overflow on the way, and demand an infinity where it must', () => {
    const builder = new ProgramBuilder();
    const x = builder.input('x', 'float32', [2]);
    const large = builder.float('exp', [x], [2]);
    const back = builder.float('log', [large], [2]);
    const program = builder.output('large', large).output('back', back).build();
    const { large: value, back: returned } = evaluateWithBounds(
      program,
      { x: tensor([100, 1]) },
      { precision: 'cpu' },
    );
    const [exponential, bound] = [value?.data[0] as number, value?.bound[0] as number];
    expect(isWithinBound(Number.POSITIVE_INFINITY, exponential, bound)).toBe(true);
    expect(isWithinBound(3e38, exponential, bound)).toBe(false);
    expect(returned?.bound[0]).toBe(Number.POSITIVE_INFINITY);
    expect(returned?.bound[1]).toBeLessThan(1e-6);
  });

  it('let subnormal results vanish where the engine flushes them', () => {
    const x = tensor([1e-30, 1]);
    const y = tensor([1e-10, 1]);
    const program = singleOperatorProgram('mul', [x, y], {}, x);
    const inputs = { 0: tensor(x.data.map(Math.fround)), 1: tensor(y.data.map(Math.fround)) };
    const kept = evaluateWithBounds(program, inputs, { precision: 'cpu' }).y;
    expect(isWithinBound(0, kept?.data[0] as number, kept?.bound[0] as number)).toBe(false);
    const flushed = evaluateWithBounds(program, inputs, {
      precision: 'cpu',
      subnormals: 'flushed',
    }).y;
    expect(isWithinBound(0, flushed?.data[0] as number, flushed?.bound[0] as number)).toBe(true);
    expect(flushed?.bound[1]).toBe(0);
  });
});

describe('bounds of random expressions', () => {
  // Operators without a singularity near the values that occur; the tree is built from the numbers drawn.
  const unary = [
    'exp',
    'sin',
    'cos',
    'tanh',
    'sigmoid',
    'erf',
    'neg',
    'abs',
    'relu',
    'softplus',
    'gelu',
    'floor',
  ] as const;
  const binary = ['add', 'sub', 'mul', 'max', 'min'] as const;
  const steps = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 12 });

  it('hold a correctly rounded float32 engine', () => {
    fc.assert(
      fc.property(steps, fc.nat(1000), (drawn, seed) => {
        const builder = new ProgramBuilder();
        const values = [builder.input('a', 'float32', [8]), builder.input('b', 'float32', [8])];
        for (const [kind, left, right] of drawn) {
          const operator = [...unary, ...binary][kind % (unary.length + binary.length)];
          const a = values[left % values.length] as number;
          const b = values[right % values.length] as number;
          const operands = binary.some((name) => name === operator) ? [a, b] : [a];
          values.push(builder.float(operator as (typeof binary)[number], operands, [8]));
        }
        values.forEach((value, i) => {
          builder.output(String(i), value);
        });
        const program = builder.build();
        const inputs = { a: noise([8], seed), b: noise([8], seed + 1) };
        const expected = evaluateWithBounds(program, inputs, { precision: 'cpu' });
        const actual = runInFloat32(program, inputs, { order: 'forward' });
        expect(violations(expected, actual).outside).toBe(0);
      }),
      { numRuns: 500, seed: 6 },
    );
  });
});

describe('evaluateWithBounds', () => {
  it('holds what PyTorch computes in float32 through a whole network', () => {
    const { inputs, float32 } = goldens.network;
    const operands = Object.fromEntries(
      Object.entries(inputs).map(([name, stored]) => [name, operandOf(stored)]),
    );
    const expected = evaluateWithBounds(goldenNetwork(), operands, { precision: 'cpu' });
    const y = expected.y;
    numbersOf(goldens.network.output.data).forEach((value, i) => {
      expect(Math.abs((y?.data[i] as number) - value)).toBeLessThan(1e-13);
    });
    const received = { ...(y as BoundedTensor), data: numbersOf(float32).map(Math.fround) };
    expect(violations(expected, { y: received })).toEqual({ outside: 0, unchecked: 0 });
    expect(Math.max(...(y?.bound ?? []))).toBeLessThan(1e-4);
    expect(y?.termSums?.operator).toBe('matmul');
  });

  it('returns the same values as evaluateProgram', () => {
    const { program, inputs } = convolutionTraining(1);
    const bounded = evaluateWithBounds(program, inputs, { precision: 'gpu' });
    for (const [name, { dtype, shape, data }] of Object.entries(evaluateProgram(program, inputs))) {
      expect(bounded[name]).toMatchObject({ dtype, shape });
      expect(bounded[name]?.data).toEqual(data);
    }
  });

  it('grants a gpu at least what it grants a cpu, and a cpu more than the reference', () => {
    const { program, inputs } = denseTraining(3);
    const [exact, cpu, gpu] = (['exact', 'cpu', 'gpu'] as const).map((precision) =>
      evaluateWithBounds(program, inputs, { precision }),
    );
    cpu?.dw1?.bound.forEach((bound, i) => {
      expect(gpu?.dw1?.bound[i]).toBeGreaterThanOrEqual(bound);
      expect(exact?.dw1?.bound[i]).toBeLessThanOrEqual(bound);
    });
  });
});

import type { Tensor } from '@etalon/compiler';
import {
  add,
  cast,
  dimensionSize,
  div,
  expand,
  maxPool2d,
  mul,
  reduceSum,
  relu,
  removeDeadCode,
  simplify,
  square,
  sub,
  tensor,
  traceProgram,
  valueAndGradient,
  verifyProgram,
} from '@etalon/compiler';
import type { ProgramV1 } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomPrograms } from '../../../compiler/test/random-program.ts';
import type { ReferenceInputs, ReferenceTensor } from '../../src/index.ts';
import { evaluateProgram } from '../../src/index.ts';

/** The outputs with their bits: equality of numbers takes -0 for 0. */
function bitsOf(program: ProgramV1, inputs: ReferenceInputs): unknown {
  const bits = ({ dtype, shape, data }: ReferenceTensor) => ({
    dtype,
    shape,
    data: Array.from(data, (x) => (Object.is(x, -0) ? '-0' : String(x))),
  });
  return Object.fromEntries(
    Object.entries(evaluateProgram(program, inputs)).map(([name, result]) => [name, bits(result)]),
  );
}

const passes = {
  simplify,
  removeDeadCode,
  both: (program: ProgramV1) => removeDeadCode(simplify(program)),
};

describe.each(Object.entries(passes))('%s', (_, pass) => {
  it('keeps every bit of random programs, and the program sound', () => {
    fc.assert(
      fc.property(randomPrograms(), ({ program, inputs }) => {
        const simpler = pass(program);
        verifyProgram(simpler);
        expect(simpler.nodes.length).toBeLessThanOrEqual(program.nodes.length);
        expect(simpler.inputs.map(({ name }) => name)).toEqual(
          program.inputs.map(({ name }) => name),
        );
        expect(bitsOf(simpler, inputs)).toEqual(bitsOf(program, inputs));
      }),
      { numRuns: 400, seed: 31 },
    );
  });
});

describe(simplify, () => {
  // Few values, so that windows have ties, maxima below zero and maxima of zero; strides below the window's size overlap.
  const pools = fc.record({
    values: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 50, maxLength: 50 }),
    windowSize: fc.constantFrom(1, 2, 3),
    strides: fc.constantFrom(1, 2, 3),
    padding: fc.constantFrom('valid' as const, 'same' as const),
  });

  it('masks the gradient of a pool before it is spread, to the same bits', () => {
    fc.assert(
      fc.property(pools, ({ values, ...options }) => {
        const types = { x: tensor('float32', [1, 5, 5, 2]), b: tensor('float32', [2]) };
        const program = traceProgram('pool', types, ({ x, b }) => {
          const pool = (image: Tensor): Tensor => maxPool2d(image, options);
          const loss = ({ x, b }: { readonly x: Tensor; readonly b: Tensor }): Tensor =>
            reduceSum(square(pool(relu(add(x, b)))));
          const { gradients } = valueAndGradient(loss)({ x, b });
          return { x: gradients.x, b: gradients.b };
        });
        const simpler = simplify(program);
        const last = simpler.nodes.map(({ operator }) => operator);
        expect(last.indexOf('where')).toBeLessThan(last.indexOf('maxPool2dGradient'));
        const x = {
          dtype: 'float32',
          shape: [1, 5, 5, 2],
          data: Float32Array.from(values),
        } as const;
        const b = { dtype: 'float32', shape: [2], data: Float32Array.of(0, 1) } as const;
        // Sums of small integers are exact in any order.
        expect(bitsOf(simpler, { x, b })).toEqual(bitsOf(program, { x, b }));
      }),
      { numRuns: 200, seed: 32 },
    );
  });

  it('keeps bits where neutral numbers are near', () => {
    const inputs = { x: tensor('float32', ['n']) };
    const program = traceProgram('neutral', inputs, ({ x }) => ({
      plusZero: add(x, 0),
      plusNegativeZero: add(x, -0),
      lessZero: sub(x, 0),
      lessNegativeZero: sub(x, -0),
      timesOne: mul(1, x),
      overOne: div(x, 1),
      fromOne: div(1, x),
      fromZero: sub(0, x),
      stretched: add(expand(x, ['n', 'n']), mul(1, expand(x, [2, 'n', 'n']))),
      counted: mul(x, cast(dimensionSize('n'), 'float32')),
    }));
    const data = Float32Array.of(-0, 0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY);
    const x = { dtype: 'float32', shape: [6], data } as const;
    expect(bitsOf(simplify(program), { x })).toEqual(bitsOf(program, { x }));
  });
});

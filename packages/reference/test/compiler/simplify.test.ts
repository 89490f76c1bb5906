import {
  add,
  cast,
  dimensionSize,
  div,
  expand,
  mul,
  removeDeadCode,
  simplify,
  sub,
  tensor,
  traceProgram,
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

import {
  abs,
  decompose,
  div,
  operatorNames,
  operatorTraits,
  simplify,
  tensor,
  traceProgram,
  verifyProgram,
} from '@etalon/compiler';
import type { HostTensor, OperatorName, ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../../compiler/test/caught.ts';
import { manifestWithout } from '../../../compiler/test/manifests.ts';
import { evaluateProgram } from '../../src/index.ts';
import { toHostTensor } from '../../src/tensor.ts';
import { operatorCases, traceCase } from './operator-cases.ts';

// Where functions change their course, and what is not a number.
const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  3.75,
  -20,
  20,
  -90,
  90,
  1e-30,
  -1e30,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const integers = [0, 1, 2, -1, 7, -(2 ** 31), 2 ** 31 - 1];

const intCases: Readonly<Partial<Record<OperatorName, ProgramV1>>> = Object.fromEntries(
  (
    ['abs', 'neg', 'sign', 'relu', 'notEqual', 'greaterOrEqual', 'lesser', 'lesserOrEqual'] as const
  ).map((operator) => {
    const type = tensor('int32', ['p', 'q']);
    return [operator, casesOf(operator, type)];
  }),
);

function casesOf(operator: OperatorName, type: ReturnType<typeof tensor>): ProgramV1 {
  const [first] = operatorCases[operator as 'abs'];
  if (first === undefined) throw new RangeError(`no case of ${operator}`);
  const inputs = Object.fromEntries(Object.keys(first.inputs).map((name) => [name, type]));
  return traceCase({ ...first, inputs });
}

/** Inputs of 16 elements on the first axis, so that every special value meets every other. */
function inputsFor(program: ProgramV1): Readonly<Record<string, HostTensor>> {
  return Object.fromEntries(
    program.inputs.map(({ name, value }, index): [string, HostTensor] => {
      const { dtype, shape: declared } = program.values[value] ?? { dtype: 'float32', shape: [] };
      const shape = declared.map((size) =>
        typeof size === 'string' ? (size === 'p' ? floats.length : 7) : Number(size),
      );
      const length = shape.reduce((product, size) => product * size, 1);
      const specials = dtype === 'float32' ? floats : integers;
      // steps that are coprime to the lengths of the lists
      const data = Float64Array.from({ length }, (_, at) =>
        dtype === 'bool'
          ? (at + index) % 2
          : (specials[(at * (3 + 2 * index)) % specials.length] ?? 0),
      );
      return [name, toHostTensor({ dtype, shape, data })];
    }),
  );
}

/** Operators that a program for a backend without one operator still uses. */
const operatorsOf = (program: ProgramV1): ReadonlySet<string> =>
  new Set(program.nodes.map(({ operator }) => operator));

const listed = operatorNames.flatMap(
  (operator): { operator: OperatorName; program: ProgramV1 }[] => {
    if (['random', 'structural'].includes(operatorTraits(operator).kind)) return [];
    const cases = operatorCases[operator as 'add'].map((each) => traceCase(each));
    const more = intCases[operator];
    return [...cases, ...(more ? [more] : [])].map((program) => ({ operator, program }));
  },
);

describe(decompose, () => {
  it.each(listed.filter(({ operator }) => operatorTraits(operator).decomposes))(
    'gives what $operator gives',
    ({ operator, program }) => {
      const decomposed = decompose(program, manifestWithout(operator), 'fake');
      verifyProgram(decomposed);
      expect(operatorsOf(decomposed)).not.toContain(operator);
      const inputs = inputsFor(program);
      const native = evaluateProgram(program, inputs).y;
      const replaced = evaluateProgram(decomposed, inputs).y;
      expect(replaced?.dtype).toBe(native?.dtype);
      expect(replaced?.shape).toEqual(native?.shape);
      replaced?.data.forEach((value, at) => {
        const expected = native?.data[at] ?? Number.NaN;
        // constants of decompositions are float32
        const close =
          Object.is(value, expected) ||
          value === expected ||
          Math.abs(value - expected) <= 1e-6 * Math.max(1, Math.abs(expected));
        expect(close, `element ${at}: got ${value}, the operator gives ${expected}`).toBe(true);
      });
    },
  );

  it.each(listed.filter(({ operator }) => !operatorTraits(operator).decomposes))(
    'refuses $operator on a backend without it',
    ({ operator, program }) => {
      const simplified = simplify(program);
      const attempt = () => decompose(simplified, manifestWithout(operator), 'fake');
      if (!operatorsOf(simplified).has(operator)) {
        expect(attempt()).toStrictEqual(simplified);
        return;
      }
      expect(caught(attempt)).toMatchObject({
        name: 'UnsupportedOperatorError',
        code: 'OPERATOR_UNSUPPORTED',
        details: { operator, backend: 'fake' },
      });
    },
  );

  it('reaches down to a small core', () => {
    const missing = operatorNames.filter(
      (operator) => operatorTraits(operator).decomposes || operator === 'identity',
    );
    for (const { operator, program } of listed) {
      if (!operatorTraits(operator).decomposes) continue;
      const core = decompose(program, manifestWithout(...missing), 'fake');
      for (const used of operatorsOf(core)) expect(missing).not.toContain(used);
    }
  });

  it('keeps the zero of an absolute value positive', () => {
    const program = traceProgram('model', { x: tensor('float32', [2]) }, ({ x }) => ({
      y: div(1, abs(x)),
    }));
    const decomposed = decompose(program, manifestWithout('abs'), 'fake');
    const x = { dtype: 'float32', shape: [2], data: Float32Array.of(-0, 0) } as const;
    expect([...(evaluateProgram(decomposed, { x }).y?.data ?? [])]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

import type { Tensor } from '@etalon/compiler';
import {
  cast,
  gradient,
  operatorNames,
  operatorTraits,
  reduceSum,
  traceProgram,
} from '@etalon/compiler';
import type { HostTensor, OperatorName } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { evaluateProgram } from '../../src/index.ts';
import { randomNumbers } from '../random.ts';
import { checkGradients } from './gradient-checks.ts';
import type { OperatorCase } from './operator-cases.ts';
import { operatorCases } from './operator-cases.ts';

const sizes: Readonly<Record<string, number>> = { n: 2, h: 5, w: 4, c: 2, o: 3, p: 3 };

// Operators whose definition ends, or whose slope is unbounded, at 0.
const positive: ReadonlySet<string> = new Set(['sqrt', 'log', 'pow', 'reciprocal', 'div']);

// The gradient of these is not the slope of their values: they exist to differ.
const deliberate: ReadonlySet<string> = new Set(['stopGradient', 'straightThrough']);

function inputsFor(
  operator: string,
  { inputs }: OperatorCase,
): Readonly<Record<string, HostTensor>> {
  const next = randomNumbers(11);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape: declared }]): [string, HostTensor] => {
      const shape = declared.map((size) =>
        typeof size === 'string' ? (sizes[size] ?? 2) : Number(size),
      );
      const length = shape.reduce((product, size) => product * size, 1);
      // away from 0, where some operators have kinks
      const signed = () => (0.2 + 1.5 * next()) * (positive.has(operator) || next() < 0.5 ? 1 : -1);
      const bits = Uint8Array.from({ length }, () => (next() < 0.5 ? 0 : 1));
      if (dtype === 'float32')
        return [name, { dtype, shape, data: Float32Array.from({ length }, signed) }];
      if (dtype === 'int32') return [name, { dtype, shape, data: Int32Array.from(bits) }];
      return [name, { dtype, shape, data: bits }];
    }),
  );
}

const hasFloats = ({ inputs }: OperatorCase): boolean =>
  Object.values(inputs).some(({ dtype }) => dtype === 'float32');

const listed = Object.entries(operatorCases).flatMap(([operator, cases]) =>
  cases.filter(hasFloats).map((each, at) => ({ operator: operator as OperatorName, at, each })),
);

describe('gradient rules', () => {
  const ruled = listed.filter(
    ({ operator, each }) =>
      operatorTraits(operator).gradient === 'rule' &&
      !deliberate.has(operator) &&
      // to integers, nothing flows
      !(
        operator === 'cast' &&
        traceProgram('model', each.inputs, (x) => ({ y: each.body(x, (n) => n) })).values.at(-1)
          ?.dtype !== 'float32'
      ),
  );

  it.each(ruled)('of $operator agree with central differences, case $at', ({ operator, each }) => {
    const next = randomNumbers(13);
    checkGradients(
      each.inputs,
      (symbols) => each.body(symbols, (name) => name),
      inputsFor(operator, each),
      (count) => Float32Array.from({ length: count }, () => 0.25 + next()),
    );
  });

  it('are all checked', () => {
    const checked = new Set<string>(ruled.map(({ operator }) => operator));
    const unchecked = operatorNames.filter(
      (operator) => operatorTraits(operator).gradient === 'rule' && !checked.has(operator),
    );
    // loops have their own file, scan-gradients.test.ts
    expect(unchecked).toEqual(['cast', 'straightThrough', 'scan']);
  });
});

describe('operators without a gradient', () => {
  const flat = listed.filter(({ operator }) => operatorTraits(operator).gradient === 'zero');

  it.each(flat)('$operator passes zeros, case $at', ({ operator, each }) => {
    const program = traceProgram('model', each.inputs, (symbols) => {
      const floats = Object.fromEntries(
        Object.entries(symbols).filter(([, { dtype }]) => dtype === 'float32'),
      );
      const loss = (varied: Readonly<Record<string, Tensor>>): Tensor => {
        const y = each.body({ ...symbols, ...varied }, (name) => name);
        return reduceSum(cast(y, 'float32'));
      };
      return { gradients: gradient(loss)(floats) };
    });
    const gradients = Object.entries(evaluateProgram(program, inputsFor(operator, each)));
    expect(gradients.length).toBeGreaterThan(0);
    for (const [, { data }] of gradients) {
      expect([...data]).toEqual([...data].map(() => 0));
    }
  });
});

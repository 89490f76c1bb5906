import type { PrecisionClass } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import type { ConformanceCase } from '../cases/case.ts';
import type { Order } from '../cases/programs.ts';
import { conformanceCases } from '../families/index.ts';
import type { ExpectedTensor } from './expectation.ts';
import { expectationOf } from './expectation.ts';

const classes: readonly PrecisionClass[] = ['exact', 'cpu', 'gpu'];
const orders: readonly Order[] = ['value', 'gradient', 'second'];

/** Results this much smaller than the operands are what cancellation left; their budgets look large beside them. */
const CANCELLED = 1e-6;

/** Largest budget relative to the largest element of a result: the suite must be able to fail. */
const LOOSEST: Readonly<Record<PrecisionClass, number>> = { exact: 1e-6, cpu: 1e-3, gpu: 0.5 };

function subjectsOf(order: Order): readonly ConformanceCase[] {
  if (order === 'value') return conformanceCases;
  return conformanceCases.filter(({ gradient, secondOrder }) =>
    order === 'gradient' ? gradient !== 'none' : secondOrder,
  );
}

function expectations(
  order: Order,
  precision: PrecisionClass,
): readonly (readonly [string, ConformanceCase, ExpectedTensor])[] {
  return subjectsOf(order).flatMap((subject) =>
    subject.runs.flatMap((run) =>
      Object.entries(expectationOf(subject, run, order, { precision, subnormals: 'kept' })).flatMap(
        ([name, expected]) =>
          expected.map((one) => [`${subject.id} ${name}`, subject, one] as const),
      ),
    ),
  );
}

describe.each(classes)('budgets of class %s', (precision) => {
  it.each(orders)('leave no element of a %s unchecked', (order) => {
    const unchecked = expectations(order, precision).filter(([, , { budget }]) =>
      Array.from(budget).some((b) => !(b < Infinity)),
    );
    expect(unchecked.map(([where]) => where)).toEqual([]);
  });

  it.each(orders)('of a %s are small beside the result', (order) => {
    const loose = expectations(order, precision).flatMap(([where, { special, id }, expected]) => {
      const { data, budget } = ordinary(expected);
      const largest = Math.max(0, ...data.map(Math.abs));
      const widest = Math.max(0, ...budget);
      // what a GPU may make of the sine of 3e38 is anything
      const exempt = (special && precision === 'gpu') || id.includes('cancels');
      const small = largest < CANCELLED || widest <= LOOSEST[precision] * largest;
      return exempt || small ? [] : [`${where}: ${widest / largest}`];
    });
    expect(loose).toEqual([]);
  });
});

// Elements that are numbers, and not at the edge of float32 where a budget spans binades.
function ordinary({ data, budget }: ExpectedTensor) {
  const kept = Array.from(data, (x, i) => [x, budget[i] ?? 0] as const).filter(
    ([x]) => Math.abs(x) < 1e37,
  );
  return { data: kept.map(([x]) => x), budget: kept.map(([, b]) => b) };
}

import type { ScanAttributes, ValueType } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { add, scan, tensor, traceProgram } from '../index.ts';
import { resultTypesOf } from './definition-of.ts';

const operands: readonly ValueType[] = [
  { dtype: 'float32', shape: [3] },
  { dtype: 'float32', shape: ['time', 3] },
  { dtype: 'float32', shape: [] },
];

/** Attributes of a loop with a carried value, a stacked tensor, an invariant one and a stacked result. */
function attributes(): ScanAttributes {
  const [state, rows, shift] = operands.map(({ dtype, shape }) => tensor(dtype, shape));
  const inputs = { state, rows, shift } as {
    [K in 'state' | 'rows' | 'shift']: ReturnType<typeof tensor>;
  };
  const { nodes } = traceProgram('model', inputs, ({ state: start, rows: x, shift: b }) =>
    scan((a: typeof start, row: typeof x) => ({ carried: add(a, row), stacked: add(row, b) }), {
      carried: start,
      stacked: x,
    }),
  );
  const [node] = nodes;
  if (node?.operator !== 'scan') throw new RangeError('no scan');
  return node.attributes;
}

const good = attributes();
const infer = (change: Partial<ScanAttributes>, given = operands) =>
  resultTypesOf('scan', given, { ...good, ...change });

describe('the type rule of scan', () => {
  it('gives the carried types, then the stacked ones', () => {
    expect(infer({})).toEqual([
      { dtype: 'float32', shape: [3] },
      { dtype: 'float32', shape: ['time', 3] },
    ]);
    expect(infer({ reverse: true, draws: 'advance' })).toEqual(infer({}));
  });

  it.each<[string, Partial<ScanAttributes>, readonly ValueType[], string, string]>([
    [
      'a count of carried values',
      { carried: -1 },
      operands,
      'ATTRIBUTE_INTEGER',
      'carried must be an integer of at least 0, got -1.',
    ],
    [
      'a count of stacked tensors',
      { stacked: 0.5 },
      operands,
      'ATTRIBUTE_INTEGER',
      'stacked must be an integer of at least 0, got 0.5.',
    ],
    [
      'reverse',
      { reverse: 1 as never },
      operands,
      'ATTRIBUTE_BOOLEAN',
      'reverse must be true or false, got 1.',
    ],
    [
      'draws',
      { draws: 'fold' as 'append' },
      operands,
      'ATTRIBUTE_DRAWS',
      'draws must be "append" or "advance", got "fold".',
    ],
    [
      'the length',
      { length: -2 },
      operands,
      'SHAPE_SIZE',
      'length: a size must be an integer of at least 0, got -2.',
    ],
    [
      'no length',
      { length: undefined as never },
      operands,
      'SHAPE_SIZE',
      'length: a size must be a number, a name or an expression, got undefined.',
    ],
    [
      'another length than the operand has',
      { length: 4 },
      operands,
      'SCAN_LENGTH',
      'the first axis of a stacked operand must be the number of iterations, got float32[time, 3] for float32[4].',
    ],
    [
      'more carried values than operands',
      { carried: 4, stacked: 0 },
      operands,
      'SCAN_BODY',
      'there must be an operand for every carried value and every stacked tensor, got 3 for 4 carried and 0 stacked.',
    ],
    [
      'more stacked tensors than operands',
      { stacked: 3 },
      operands,
      'SCAN_BODY',
      'there must be an operand for every carried value and every stacked tensor, got 3 for 1 carried and 3 stacked.',
    ],
    [
      'too few operands',
      {},
      operands.slice(0, 2),
      'SCAN_BODY',
      'the body must have 3 inputs, got 4.',
    ],
    [
      'too few outputs',
      { body: { ...good.body, outputs: [] } },
      operands,
      'SCAN_BODY',
      'the body must have 1 outputs for carried values, got 0.',
    ],
    [
      'an operand of another type',
      {},
      operands.with(0, { dtype: 'int32', shape: [3] }),
      'SCAN_BODY',
      'input "carried/0" of the body has the wrong type, got float32[3].\nExpected int32[3].',
    ],
    [
      'a slice of another type',
      {},
      operands.with(1, { dtype: 'float32', shape: ['time', 4] }),
      'SCAN_BODY',
      'input "stacked/0" of the body has the wrong type, got float32[3].\nExpected float32[4].',
    ],
    [
      'an invariant of another type',
      {},
      operands.with(2, { dtype: 'bool', shape: [] }),
      'SCAN_BODY',
      'input "invariant/0" of the body has the wrong type, got float32[].\nExpected bool[].',
    ],
    [
      'a stacked scalar',
      {},
      operands.with(1, { dtype: 'float32', shape: [] }),
      'SCAN_LENGTH',
      'the first axis of a stacked operand must be the number of iterations, got float32[] for float32[time].',
    ],
    [
      'a port without a type',
      { body: { ...good.body, outputs: [{ name: 'y', value: 99 }] } },
      operands,
      'PROGRAM_INVALID',
      'program "scan": port "y" has no type, got value %99.',
    ],
  ])('refuses %s', (_, change, given, code, message) => {
    expect(caught(() => infer(change, given))).toMatchObject({ code, message });
  });

  it('refuses a next carried value of another type', () => {
    const { body } = good;
    const swapped = { ...body, outputs: [{ name: 'next', value: body.inputs[3]?.value ?? -1 }] };
    expect(caught(() => infer({ body: swapped }))).toMatchObject({
      code: 'SCAN_BODY',
      message: 'output "next" of the body has the wrong type, got float32[].\nExpected float32[3].',
    });
  });
});

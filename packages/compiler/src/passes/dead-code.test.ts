import { describe, expect, it } from 'vitest';
import type { Tensor } from '../index.ts';
import {
  add,
  constant,
  mul,
  nodesThroughBodies,
  printProgram,
  randomNormal,
  removeDeadCode,
  scan,
  sin,
  tanh,
  tensor,
  traceProgram,
  verifyProgram,
} from '../index.ts';

const inputs = { unused: tensor('int32', []), x: tensor('float32', ['n']) };

describe(removeDeadCode, () => {
  it('leaves out what no output needs, keeps inputs, and numbers values anew', () => {
    const program = traceProgram('model', inputs, ({ x }) => {
      mul(tanh(x), constant([1]));
      const kept = mul(x, 3);
      tanh(kept);
      return { y: kept };
    });
    const live = removeDeadCode(program);
    verifyProgram(live);
    expect(printProgram(live)).toBe(
      `program "model" (
  %0: int32[] = input unused
  %1: float32[n] = input x
) {
  %2: float32[] = constant 3  # constant
  %3: float32[n] = mul(%1, %2)  # mul
} -> (
  y = %3
)`,
    );
  });

  it('changes nothing where all is needed', () => {
    const program = traceProgram('model', inputs, ({ x }) => {
      const twice = add(x, x);
      return { twice, x, again: twice, product: mul(twice, constant([2])) };
    });
    expect(removeDeadCode(program)).toStrictEqual(program);
  });

  it('keeps constants that are outputs', () => {
    const program = traceProgram('model', {}, () => ({ c: constant([1, 2]) }));
    expect(removeDeadCode(program)).toStrictEqual(program);
  });
});

const loopInputs = {
  a: tensor('float32', []),
  b: tensor('float32', []),
  c: tensor('float32', []),
  rows: tensor('float32', ['time', 3]),
  others: tensor('float32', ['time', 3]),
  shift: tensor('float32', [3]),
};

type LoopInputs = Readonly<Record<keyof typeof loopInputs, Tensor>>;

/** The loop that is left in a program when code that is dead has been removed. */
function loopLeft(build: (inputs: LoopInputs) => Tensor | readonly Tensor[]) {
  const live = removeDeadCode(
    traceProgram('model', loopInputs, (inputs) => ({ y: build(inputs) })),
  );
  verifyProgram(live);
  const [node] = live.nodes.filter(({ operator }) => operator === 'scan');
  if (node?.operator !== 'scan') throw new RangeError('no scan');
  const { body, carried, stacked } = node.attributes;
  return {
    carried,
    stacked,
    operands: node.inputs.map(
      (id) => live.inputs.find(({ value }) => value === id)?.name ?? `%${id}`,
    ),
    results: node.outputs.length,
    operators: nodesThroughBodies(body).map((inner) => inner.node.operator),
    live,
  };
}

describe('dead code of loops', () => {
  it('is a stacked result that nothing uses, with what only it needed', () => {
    const left = loopLeft(({ a, rows, others, shift }) => {
      const { stacked } = scan(
        (total: Tensor, slices: { readonly row: Tensor; readonly other: Tensor }) => ({
          carried: add(total, 1),
          stacked: {
            kept: mul(slices.row, total),
            dead: add(tanh(slices.other), mul(shift, randomNormal([3]))),
          },
        }),
        { carried: a, stacked: { row: rows, other: others } },
      );
      return stacked.kept;
    });
    expect(printProgram(left.live)).toBe(
      `program "model" (
  %0: float32[] = input a
  %1: float32[] = input b
  %2: float32[] = input c
  %3: float32[time, 3] = input rows
  %4: float32[time, 3] = input others
  %5: float32[3] = input shift
) {
  %6: float32[], %7: float32[time, 3] = scan(%0, %3, length=time, carried=1, stacked=1, reverse=false, draws=append)  # scan
    program "scan" (
      %0: int32[] = input iteration
      %1: float32[] = input carried/0
      %2: float32[3] = input stacked/0
    ) {
      %3: float32[] = constant 1  # constant
      %4: float32[] = add(%1, %3)  # add
      %5: float32[3] = mul(%2, %1)  # mul
    } -> (
      carried/0 = %4
      stacked/0 = %5
    )
} -> (
  y = %7
)`,
    );
  });

  it('is a carried value that only its own next value reads', () => {
    const { live: _, ...left } = loopLeft(({ a, b, rows }) => {
      const { carried } = scan(
        (state: { readonly kept: Tensor; readonly dead: Tensor }, row: Tensor) => ({
          carried: { kept: add(state.kept, 1), dead: tanh(state.dead) },
          stacked: row,
        }),
        { carried: { kept: a, dead: b }, stacked: rows },
      );
      return carried.kept;
    });
    expect(left).toEqual({
      carried: 1,
      stacked: 0,
      operands: ['a'],
      results: 1,
      operators: ['add'],
    });
  });

  it('is no carried value that a used one comes to depend on, iterations later', () => {
    const { live: _, ...left } = loopLeft(({ a, b, c }) => {
      const { carried } = scan(
        (state: { readonly x: Tensor; readonly y: Tensor; readonly z: Tensor }) => ({
          carried: { x: state.y, y: tanh(state.z), z: sin(state.z) },
          stacked: {},
        }),
        { carried: { x: a, y: b, z: c }, length: 4 },
      );
      return carried.x;
    });
    expect(left).toEqual({
      carried: 3,
      stacked: 0,
      operands: ['a', 'b', 'c'],
      results: 3,
      operators: ['tanh', 'sin'],
    });
  });

  it('is found in a loop within a loop', () => {
    const { live: _, ...left } = loopLeft(({ a, rows, others }) => {
      const { stacked } = scan(
        (total: Tensor) => {
          const inner = scan(
            (sum: Tensor, slices: { readonly row: Tensor; readonly other: Tensor }) => ({
              carried: add(sum, 1),
              stacked: { row: mul(slices.row, sum), other: tanh(slices.other) },
            }),
            { carried: total, stacked: { row: rows, other: others } },
          );
          return { carried: inner.carried, stacked: inner.stacked };
        },
        { carried: a, length: 2 },
      );
      return stacked.row;
    });
    expect(left).toEqual({
      carried: 1,
      stacked: 0,
      operands: ['a', 'rows'],
      results: 2,
      operators: ['add', 'mul', 'scan'],
    });
  });

  it('changes nothing in a loop where all is needed', () => {
    const program = traceProgram('model', loopInputs, ({ a, rows, shift }) =>
      scan(
        (total: Tensor, row: Tensor, iteration) => ({
          carried: add(total, 1),
          stacked: [iteration, mul(row, add(shift, total))],
        }),
        { carried: a, stacked: rows, reverse: true },
      ),
    );
    expect(removeDeadCode(program)).toStrictEqual(program);
  });

  it('is removed once at every depth: twice would be for ever', () => {
    const nest = (depth: number, x: Tensor): Tensor =>
      depth === 0
        ? tanh(x)
        : (scan(
            (state: readonly Tensor[]) => {
              const [first, second] = state as [Tensor, Tensor];
              return { carried: [second, nest(depth - 1, second)], stacked: sin(first) };
            },
            { carried: [x, x], length: 2 },
          ).carried[0] ?? x);
    const { operators } = loopLeft(({ a }) => nest(32, a));
    expect(operators.filter((operator) => operator === 'scan')).toHaveLength(31);
    expect(operators).not.toContain('sin');
  });
});

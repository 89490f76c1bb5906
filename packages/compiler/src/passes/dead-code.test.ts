import { describe, expect, it } from 'vitest';
import {
  add,
  constant,
  mul,
  printProgram,
  removeDeadCode,
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

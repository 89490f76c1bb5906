import { describe, expect, it } from 'vitest';
import { denseProgram, loopProgram, oddProgram } from '../../test/sample-programs.ts';
import { printProgram } from './print.ts';

describe(printProgram, () => {
  it('prints inputs, constants, nodes with paths, and outputs', () => {
    expect(printProgram(denseProgram())).toBe(
      `program "dense" (
  %0: float32[batch, 2, 2] = input x
  %1: float32[4, 3] = input parameters/kernel
) {
  %2: float32[3] = constant <3 elements>  # dense_1 › constant
  %8: float32[] = constant 0  # dropout_1 › constant
  %3: float32[batch, 4] = reshape(%0, shape=[batch, 4])  # dense_1 › reshape
  %4: float32[batch, 3] = matmul(%3, %1)  # dense_1 › matmul
  %5: float32[batch, 3] = add(%4, %2)  # dense_1 › add
  %6: float32[batch, 3] = relu(%5)  # dense_1 › relu
  %7: bool[batch, 3] = randomBernoulli(shape=[batch, 3], stream=dropout_1 › bernoulli, probability=0.75)  # dropout_1 › randomBernoulli
  %9: float32[batch, 3] = where(%7, %6, %8)  # dropout_1 › where
  %10: float32[3] = reduceMean(%9, axes=[0], keepDims=false)  # reduceMean
} -> (
  mean = %10
  kept = %9
)`,
    );
  });

  it('tells -0, NaN and infinities apart, and prints expressions of sizes', () => {
    const lines = printProgram(oddProgram()).split('\n');
    const values = lines.flatMap((line) => line.match(/value=([^)]+)\)/)?.[1] ?? []);
    expect(values).toEqual(['-0', 'NaN', 'Infinity', '-Infinity', '0.1']);
    expect(lines.flatMap((line) => line.match(/constant (-\S+)/)?.[1] ?? [])).toEqual([
      '-0',
      '-Infinity',
    ]);
    expect(lines.find((line) => line.includes('slice'))).toBe(
      '  %16: int32[⌊(k+1)/2⌋] = slice(%0, starts=[0], sizes=[⌊(k+1)/2⌋], strides=[2])  # slice',
    );
  });
});

describe('a body', () => {
  it('is printed below its node, further in', () => {
    const lines = printProgram(loopProgram()).split('\n');
    expect(lines.slice(5, 12)).toEqual([
      '  %3: float32[3], %4: float32[time, 3], %5: float32[time, 3] = scan(%0, %1, %2, length=time, carried=1, stacked=1, reverse=false, draws=advance)  # epoch › scan',
      '    program "scan" (',
      '      %0: int32[] = input iteration',
      '      %1: float32[3] = input carried/0',
      '      %2: int32[batch] = input stacked/0',
      '      %3: float32[rows, 3] = input invariant/0',
      '    ) {',
    ]);
    expect(lines.filter((line) => line.startsWith('        program "scan"'))).toHaveLength(1);
    expect(lines.slice(-5)).toEqual(['} -> (', '  state = %3', '  next = %4', '  noisy = %5', ')']);
  });

  it('is not confused with an attribute that is null', () => {
    const [node] = denseProgram().nodes;
    const attributes = { ...node?.attributes, more: null };
    const program = { ...denseProgram(), nodes: [{ ...node, attributes } as never] };
    expect(printProgram(program)).toContain('reshape(%0, shape=[batch, 4], more=null)');
  });
});

import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { manifestWithout } from '../../test/manifests.ts';
import { gelu, gradient, printProgram, reduceSum, tensor, traceProgram } from '../index.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { passes, runPasses } from './pipeline.ts';

const inputs = { x: tensor('float32', ['n']) };

describe(runPasses, () => {
  it('simplifies, decomposes and leaves nothing dead', () => {
    const program = traceProgram('model', inputs, ({ x }) => ({
      dx: gradient((value: Tensor) => reduceSum(gelu(value)))(x),
    }));
    const lowered = runPasses(program, { name: 'fake', manifest: manifestWithout('gelu') });
    expect(printProgram(lowered)).toBe(
      `program "model" (
  %0: float32[n] = input x
) {
  %1: float32[] = constant 0.7071067690849304  # gelu › gradient › constant
  %4: float32[] = constant 1  # gradient › constant
  %6: float32[] = constant 0.5  # gelu › gradient › constant
  %9: float32[] = constant -0.5  # gelu › gradient › constant
  %12: float32[] = constant 0.3989422917366028  # gelu › gradient › constant
  %2: float32[n] = mul(%0, %1)  # gelu › gradient › mul
  %3: float32[n] = erf(%2)  # gelu › gradient › erf
  %5: float32[n] = add(%3, %4)  # gelu › gradient › add
  %7: float32[n] = mul(%5, %6)  # gelu › gradient › mul
  %8: float32[n] = mul(%0, %0)  # gelu › gradient › mul
  %10: float32[n] = mul(%8, %9)  # gelu › gradient › mul
  %11: float32[n] = exp(%10)  # gelu › gradient › exp
  %13: float32[n] = mul(%11, %12)  # gelu › gradient › mul
  %14: float32[n] = mul(%0, %13)  # gelu › gradient › mul
  %15: float32[n] = add(%7, %14)  # gelu › gradient › add
} -> (
  dx = %15
)`,
    );
  });

  it('verifies before the first pass', () => {
    const program = traceProgram('model', inputs, ({ x }) => ({ x }));
    const broken = { ...program, outputs: [{ name: 'x', value: 7 }] };
    expect(
      caught(() => runPasses(broken, { name: 'fake', manifest: manifestWithout() })),
    ).toMatchObject({ code: 'PROGRAM_INVALID' });
  });

  it('has named passes', () => {
    expect(passes.map(({ name }) => name)).toEqual([
      'simplify',
      'decompose',
      'simplify',
      'removeDeadCode',
    ]);
  });
});

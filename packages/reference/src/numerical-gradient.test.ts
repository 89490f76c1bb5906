import { DTypeError, GradientError, ShapeError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { convolutionTraining, denseTraining } from '../test/networks.ts';
import { ProgramBuilder, singleOperatorProgram } from '../test/programs.ts';
import { noise, tensor } from '../test/tensors.ts';
import { evaluateProgram } from './evaluate-program.ts';
import { numericalGradient } from './numerical-gradient.ts';

function unary(operator: 'exp' | 'sin' | 'log' | 'tanh', x = tensor([0.5, 1, 30])) {
  const program = singleOperatorProgram(operator, [x], {}, x);
  return numericalGradient(program, { output: 'y', input: '0', inputs: { 0: x } }).data;
}

describe('numericalGradient', () => {
  it('agrees with derivatives in closed form', () => {
    const x = [0.5, 1, 30];
    const derivatives = {
      exp: Math.exp,
      sin: Math.cos,
      log: (value: number) => 1 / value,
      tanh: (value: number) => 1 - Math.tanh(value) ** 2,
    };
    for (const [operator, derivative] of Object.entries(derivatives)) {
      unary(operator as 'exp').forEach((actual, i) => {
        const expected = derivative(x[i] as number);
        // the step grows with x, and the error with its square
        const tolerance =
          1e-9 * Math.max(1, Math.abs(expected)) * Math.max(1, (x[i] as number) ** 2);
        expect(Math.abs(actual - expected), operator).toBeLessThan(tolerance);
      });
    }
  });

  it('weights the elements of the output', () => {
    const x = tensor([1, 2, 3]);
    const program = singleOperatorProgram('mul', [x, x], {}, x);
    const gradient = numericalGradient(program, {
      output: 'y',
      input: '0',
      inputs: { 0: x, 1: tensor([4, 5, 6]) },
      weights: tensor([1, 10, 100]),
    });
    const expected = [4, 50, 600];
    gradient.data.forEach((actual, i) => {
      expect(Math.abs(actual - (expected[i] as number))).toBeLessThan(1e-6);
    });
  });

  it('agrees with the gradient that a training program computes', () => {
    const { program, inputs } = denseTraining(4);
    // the program computes the gradient of -loss
    const numerical = numericalGradient(program, { output: 'loss', input: 'w1', inputs });
    const { dw1 } = evaluateProgram(program, inputs);
    numerical.data.forEach((actual, i) => {
      expect(Math.abs(actual + (dw1?.data[i] as number))).toBeLessThan(1e-8);
    });
  });

  it('agrees with the convolution and pooling gradients', () => {
    const { program, inputs } = convolutionTraining(4);
    for (const [input, output] of [
      ['filter', 'dFilter'],
      ['image', 'dImage'],
    ] as const) {
      const numerical = numericalGradient(program, {
        output: 'pooled',
        input,
        inputs,
        weights: inputs.dy ?? noise([1], 1),
      });
      const expected = evaluateProgram(program, inputs)[output];
      numerical.data.forEach((actual, i) => {
        expect(Math.abs(actual - (expected?.data[i] as number)), `${output} ${i}`).toBeLessThan(
          1e-8,
        );
      });
    }
  });

  it('takes another step', () => {
    const x = tensor([1]);
    const program = singleOperatorProgram('exp', [x], {}, x);
    const options = { output: 'y', input: '0', inputs: { 0: x } };
    const coarse = numericalGradient(program, { ...options, step: 0.1 }).data[0] as number;
    // (e^1.1 - e^0.9) / 0.2 = e · sinh(0.1) / 0.1
    expect(coarse).toBeCloseTo((Math.E * Math.sinh(0.1)) / 0.1, 12);
  });

  it('refuses names that the program does not have', () => {
    const x = tensor([1]);
    const program = singleOperatorProgram('exp', [x], {}, x);
    const inputs = { 0: x };
    const run = (output: string, input: string) => () =>
      numericalGradient(program, { output, input, inputs });
    expect(run('y', 'x')).toThrow(GradientError);
    expect(run('y', 'x')).toThrow('exp: there is no such input, got "x".\nExpected one of ["0"].');
    expect(run('z', '0')).toThrow('exp: there is no such output, got "z".\nExpected one of ["y"].');
  });

  it('refuses integers and weights of another shape', () => {
    const builder = new ProgramBuilder();
    const x = builder.input('x', 'float32', [2]);
    const whole = builder.node('cast', [x], { to: 'int32' }, { dtype: 'int32', shape: [2] });
    const program = builder.output('x', x).output('whole', whole).build('cast');
    const inputs = { x: tensor([1, 2]) };
    const integers = () => numericalGradient(program, { output: 'whole', input: 'x', inputs });
    expect(integers).toThrow(DTypeError);
    expect(integers).toThrow(
      'cast › output "whole": a numerical gradient needs float32, got int32.',
    );
    const wrong = () =>
      numericalGradient(program, { output: 'x', input: 'x', inputs, weights: tensor([1]) });
    expect(wrong).toThrow(ShapeError);
  });
});

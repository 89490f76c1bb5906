import type { Tensor, TensorType } from '@etalon/compiler';
import { add, gradient, mul, reduceSum, tensor, traceProgram } from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { expect } from 'vitest';
import { evaluateProgram, numericalGradient } from '../../src/index.ts';

type Body = (symbols: Readonly<Record<string, Tensor>>) => Tensor;
type Inputs = Readonly<Record<string, HostTensor>>;

const valueWeights = 'weights of the value';
const gradientWeights = (name: string) => `weights of the gradient of ${name}`;

/** Largest difference allowed, relative to the larger of 1 and the gradient: constants in rules are float32. */
const tolerance = 1e-6;

/**
 * Checks the first and the second derivatives of a function against central differences: of `Σ a·y`, and of
 * `Σ b·∂(Σ a·y)/∂x`, with weights `a` and `b` that are inputs themselves.
 */
export function checkGradients(
  declared: Readonly<Record<string, TensorType>>,
  body: Body,
  inputs: Inputs,
  weights: (count: number) => Float32Array<ArrayBuffer>,
): void {
  const value = traceProgram('value', declared, (symbols) => ({ y: body(symbols) }));
  const { y } = evaluateProgram(value, inputs);
  const declaredShape = value.values[value.outputs[0]?.value ?? -1]?.shape;
  if (y === undefined || declaredShape === undefined) {
    throw new RangeError('the program has no value');
  }
  const floats = Object.keys(declared).filter((name) => declared[name]?.dtype === 'float32');
  const weight = (shape: readonly number[]): HostTensor => ({
    dtype: 'float32',
    shape,
    data: weights(shape.reduce((product, size) => product * size, 1)),
  });

  const first = { ...declared, [valueWeights]: tensor('float32', declaredShape) };
  const firstInputs = { ...inputs, [valueWeights]: weight(y.shape) };
  const weighed = (symbols: Readonly<Record<string, Tensor>>): Tensor => {
    const own = Object.fromEntries(
      Object.keys(declared).map((name) => [name, symbolOf(symbols, name)]),
    );
    return reduceSum(mul(body(own), symbolOf(symbols, valueWeights)));
  };
  compare(first, weighed, [...floats, valueWeights], firstInputs);

  const second: Record<string, TensorType> = { ...first };
  const secondInputs: Record<string, HostTensor> = { ...firstInputs };
  for (const name of floats) {
    const { shape = [] } = inputs[name] ?? {};
    second[gradientWeights(name)] = tensor('float32', declared[name]?.shape ?? []);
    secondInputs[gradientWeights(name)] = weight(shape);
  }
  const directional = (symbols: Readonly<Record<string, Tensor>>): Tensor => {
    const gradients = gradientOf(weighed, floats)(symbols);
    return floats
      .map((name) =>
        reduceSum(mul(symbolOf(gradients, name), symbolOf(symbols, gradientWeights(name)))),
      )
      .reduce((sum, term) => add(sum, term));
  };
  compare(second, directional, [...floats, valueWeights], secondInputs);
}

function symbolOf(symbols: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const symbol = symbols[name];
  if (symbol === undefined) throw new RangeError(`no tensor ${name}`);
  return symbol;
}

// The gradient of a function of named tensors with respect to some of them.
function gradientOf(
  loss: Body,
  names: readonly string[],
): (symbols: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>> {
  return (symbols) => {
    const varied = Object.fromEntries(names.map((name) => [name, symbolOf(symbols, name)]));
    return gradient((each: Readonly<Record<string, Tensor>>) => loss({ ...symbols, ...each }))(
      varied,
    );
  };
}

function compare(
  declared: Readonly<Record<string, TensorType>>,
  loss: Body,
  names: readonly string[],
  inputs: Inputs,
): void {
  const program: ProgramV1 = traceProgram('gradients', declared, (symbols) => ({
    loss: loss(symbols),
    gradients: gradientOf(loss, names)(symbols),
  }));
  const outputs = evaluateProgram(program, inputs);
  for (const name of names) {
    const computed = [...(outputs[`gradients/${name}`]?.data ?? [])];
    const numerical = numericalGradient(program, { output: 'loss', input: name, inputs });
    expect(computed).toHaveLength(numerical.data.length);
    computed.forEach((slope, at) => {
      const expected = numerical.data[at] ?? Number.NaN;
      const allowed = tolerance * Math.max(1, Math.abs(expected));
      const difference = Math.abs(slope - expected);
      expect(
        difference <= allowed,
        `d ${name}[${at}]: got ${slope}, central differences give ${expected}`,
      ).toBe(true);
    });
  }
}

import type { Tensor } from '@etalon/compiler';
import { gradient, reduceSum, tensor, traceProgram } from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import { expect } from 'vitest';
import { evaluateProgram } from '../../src/index.ts';
import { hostTensor } from '../tensors.ts';

/** A function of one tensor. */
export type Function1 = (x: Tensor) => Tensor;

/** The gradient of the sum of a function's values, at a vector. */
export function slopes(f: Function1, x: readonly number[], order = 1): readonly number[] {
  let derived: Function1 = (at) => reduceSum(f(at));
  for (let n = 0; n < order; n++) {
    const inner = derived;
    derived = n + 1 < order ? (at) => reduceSum(gradient(inner)(at)) : gradient(inner);
  }
  const program = traceProgram('slopes', { x: tensor('float32', ['n']) }, (symbols) => ({
    slope: derived(symbols.x),
  }));
  return [...(evaluateProgram(program, { x: hostTensor(x) }).slope?.data ?? [])];
}

/** Outputs of a program of one vector `x` and one matrix `w`. */
export function evaluate(
  body: (symbols: { readonly x: Tensor; readonly w: Tensor }) => Readonly<Record<string, unknown>>,
  x: readonly number[] = [1, 2, 3],
  w: readonly number[] = [1, -1, 2, 0.5, 3, -2],
): Record<string, readonly number[]> {
  const inputs = { x: tensor('float32', ['n']), w: tensor('float32', ['n', 2]) };
  const feeds: Record<string, HostTensor> = {
    x: hostTensor(x),
    w: hostTensor(w, [x.length, 2]),
  };
  const outputs = evaluateProgram(traceProgram('model', inputs, body), feeds);
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
}

/** Numbers equal to about 6 digits after the point. */
export const close = (values: readonly number[]): unknown =>
  values.map((value) => expect.closeTo(value, 6));

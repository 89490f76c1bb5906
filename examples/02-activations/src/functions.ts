import type { Tensor } from '@etalon/core';
import { mul, relu, sigmoid, step, tanh } from '@etalon/core';

/** An activation function, and what calculus says of it. */
export interface ActivationFunction {
  readonly apply: (x: Tensor) => Tensor;
  /** Its value and its derivative at a number. */
  readonly value: (x: number) => number;
  readonly derivative: (x: number) => number;
  /** Smallest and largest values, in words. */
  readonly range: string;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Activation functions by name; a linear one with slope 2. */
export const functions: Readonly<Record<string, ActivationFunction>> = {
  linear: {
    apply: (x) => mul(x, 2),
    value: (x) => 2 * x,
    derivative: () => 2,
    range: 'all numbers',
  },
  sigmoid: {
    apply: sigmoid,
    value: logistic,
    derivative: (x) => logistic(x) * (1 - logistic(x)),
    range: '0 to 1',
  },
  tanh: {
    apply: tanh,
    value: (x) => 2 / (1 + Math.exp(-2 * x)) - 1,
    derivative: (x) => 1 - Math.tanh(x) ** 2,
    range: '-1 to 1',
  },
  relu: {
    apply: relu,
    value: (x) => Math.max(0, x),
    derivative: (x) => (x > 0 ? 1 : 0),
    range: '0 and up',
  },
  step: {
    apply: step,
    value: (x) => (x >= 0 ? 1 : -1),
    derivative: () => 0,
    range: '-1 or 1',
  },
};

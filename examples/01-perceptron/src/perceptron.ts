import type { Model, Tensor, TensorType } from '@etalon/core';
import { defineModel, dense, sequential, step, straightThrough, tensor } from '@etalon/core';

/** Maps two inputs to -1 or 1. */
export type Logic = Model<{ readonly x: TensorType }, { readonly y: Tensor }>;

// Forward a step, backward the identity: without it no gradient would pass, since a step is flat.
const decide = straightThrough(step);

/** Weighted inputs, a bias and a step. */
export const perceptron: Logic = logic('perceptron', dense(1));

/** The same behind a hidden layer. */
export const hiddenLayer: Logic = logic(
  'hidden layer',
  sequential(dense(8, { activation: 'tanh' }), dense(1)),
);

function logic(name: string, network: (x: Tensor) => Tensor): Logic {
  return defineModel({
    name,
    inputs: { x: tensor('float32', ['batch', 2]) },
    build: ({ x }) => ({ y: decide(network(x)) }),
  });
}

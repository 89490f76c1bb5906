import { mul, reduceMean, tensor } from '@etalon/compiler';
import type { Layer, Model, Tensor, TensorType } from '../../src/index.ts';
import {
  add,
  conv2d,
  createLayer,
  defineModel,
  dense,
  flatten,
  maxPool2d,
  sequential,
  sub,
  zeros,
} from '../../src/index.ts';

type OneInput<I extends string, O extends string> = Model<
  { readonly [K in I]: TensorType },
  { readonly [K in O]: Tensor }
>;

/** The convolutional network of the quickstart. */
export function digits(): OneInput<'image', 'logits'> {
  return defineModel({
    name: 'digits',
    inputs: { image: tensor('float32', ['batch', 28, 28, 1]) },
    build: ({ image }) => ({
      logits: sequential(
        conv2d(16, { kernelSize: 3, activation: 'relu' }),
        maxPool2d(2),
        conv2d(32, { kernelSize: 3, activation: 'relu' }),
        maxPool2d(2),
        flatten(),
        dense(10),
      )(image),
    }),
  });
}

/** Wraps a function of one input `x` of four features as a model with output `y`. */
export function modelOf(apply: (x: Tensor) => Tensor): OneInput<'x', 'y'> {
  return defineModel({
    name: 'model',
    inputs: { x: tensor('float32', ['batch', 4]) },
    build: ({ x }) => ({ y: apply(x) }),
  });
}

/** A layer with state: takes the batch's mean away in training and the running mean of such means in inference. */
export function centering(name?: string): Layer {
  return createLayer('centering', name === undefined ? {} : { name }, (x, scope) => {
    const size = x.shape.at(-1);
    const mean = scope.state('mean', [typeof size === 'number' ? size : 0], zeros());
    if (scope.mode === 'infer') return sub(x, mean);
    const batchMean = reduceMean(x, { axes: [0] });
    scope.updateState('mean', add(mul(mean, 0.75), mul(batchMean, 0.25)));
    return sub(x, batchMean);
  });
}

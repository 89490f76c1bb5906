import type { Tensor } from '@etalon/compiler';
import {
  add,
  constant,
  conv2d,
  gradient,
  leakyRelu,
  mul,
  reduceMean,
  reduceSum,
  reshape,
  sqrt,
  square,
  sub,
  tanh,
} from '@etalon/compiler';
import type { Tensors } from '../cases/case.ts';
import type { TrainedForward } from './definitions.ts';
import { linear, part } from './parameters.ts';

/** That of the golden runs. */
const SLOPE = 0.25;

/** Logits of two kinds of images `[batch, height, width, channels]`. */
export function critic(parameters: Tensors, image: Tensor): Tensor {
  const maps = conv2d(image, part(parameters, 'conv2d_1/kernel'), { padding: 'same', strides: 2 });
  const hidden = leakyRelu(add(maps, part(parameters, 'conv2d_1/bias')), { alpha: SLOPE });
  const flat = reshape(hidden, [image.shape[0] ?? 1, -1]);
  return linear(parameters, 'dense_2', tanh(linear(parameters, 'dense_1', flat)));
}

/**
 * The same with a penalty that draws the slope of what the critic thinks towards 1 at each image, so that the gradient of the loss is a
 * gradient of a gradient. Gulrajani et al. 2017, at the images themselves.
 */
export function trainCritic(parameters: Tensors, image: Tensor): TrainedForward {
  const slopes = gradient((point: Tensor) =>
    reduceSum(mul(critic(parameters, point), constant([-1, 1]))),
  )(image);
  const steepness = sqrt(reduceSum(square(slopes), { axes: [1, 2, 3] }));
  return {
    logits: critic(parameters, image),
    penalty: reduceMean(square(sub(steepness, 1))),
  };
}

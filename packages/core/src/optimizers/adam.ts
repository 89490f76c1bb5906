import type { Tensor, TensorLike } from '@etalon/compiler';
import { add, div, mul, sqrt, sub, tanh } from '@etalon/compiler';
import { learningRateAt, requireContext, slotOf } from './context.ts';
import { decayedSum, decayedSumOfSquares, decayOf } from './decayed-sum.ts';
import type { LearningRate, Optimizer, OptimizerContext } from './optimizer.ts';
import {
  requireAtLeastZero,
  requireDecay,
  requireEpsilon,
  requireLearningRate,
} from './options.ts';

/** Options of `adam`. */
export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Decay of the average gradient, in `[0, 1)`; default 0.9. */
  readonly beta1?: number;
  /** Decay of the average squared gradient, in `[0, 1)`; default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the average squared gradient; default 1e-8. */
  readonly epsilon?: number;
}

/** Options of `adamW`. */
export interface AdamWOptions extends AdamOptions {
  /** Share of the parameter, times the learning rate, that each step takes away; default 0.01. */
  readonly weightDecay?: number;
}

/**
 * Returns Adam: `p - learningRate · m̂ / (√v̂ + epsilon)`, where `m̂` and `v̂` are the averages of the gradient and of
 * its square, divided by `1 - beta^step`. Epsilon stands where the paper's Algorithm 1, PyTorch and optax have it;
 * Keras adds it before the correction. The slots hold the decayed sums `m / (1 - beta1)` and `v / (1 - beta2)`.
 *
 * @throws {AttributeError} `OPTION_RANGE` for an option outside its range.
 * @see Kingma and Ba 2015, "Adam: a method for stochastic optimization", Algorithm 1
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamNamed('adam', { ...options, weightDecay: 0 });
}

/**
 * Returns Adam with decoupled weight decay: {@link adam}, and the parameter shrinks by
 * `learningRate · weightDecay · p` beside it. As PyTorch `AdamW` and optax `adamw`.
 *
 * @throws {AttributeError} `OPTION_RANGE` for an option outside its range.
 * @see Loshchilov and Hutter 2019, "Decoupled weight decay regularization", Algorithm 2
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  return adamNamed('adamW', { weightDecay: 1e-2, ...options });
}

function adamNamed(name: string, options: AdamWOptions & { weightDecay: number }): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay } = options;
  requireLearningRate(name, learningRate);
  requireDecay(name, 'beta1', beta1);
  requireDecay(name, 'beta2', beta2);
  requireEpsilon(name, epsilon);
  requireAtLeastZero(name, 'weightDecay', weightDecay);
  const [decay1, decay2] = [decayOf(beta1), decayOf(beta2)];
  return {
    name,
    slots: ['gradientSum', 'squareSum'],
    update: (context) => {
      requireContext(name, context);
      const { parameter, gradient, step } = context;
      const gradientSum = decayedSum(slotOf(name, context, 'gradientSum'), gradient, decay1);
      const squareSum = decayedSumOfSquares(slotOf(name, context, 'squareSum'), gradient, decay2);
      const rate = learningRateAt(name, learningRate, step);
      // m̂ = w1·M and v̂ = w2·V of the sums M and V, w1 and w2 scalars: rate·m̂ / (√v̂ + ε) = (rate·w1/√w2)·M / (√V + ε/√w2).
      const rootWeight = sqrt(weightOfSum(step, decay2));
      const size = div(mul(weightOfSum(step, decay1), rate), rootWeight);
      const denominator = add(sqrt(squareSum), div(epsilon, rootWeight));
      const change = div(mul(gradientSum, size), denominator);
      return {
        parameter: sub(parameter, withDecay(context, change, rate, weightDecay)),
        slots: { gradientSum, squareSum },
      };
    },
  };
}

// Added to the change and not folded into a factor 1 - rate·decay of the parameter, which saves a node but rounds
// a decay of 1e-5 by up to 0.3 %.
function withDecay(
  { parameter }: OptimizerContext,
  change: Tensor,
  rate: TensorLike,
  weightDecay: number,
): Tensor {
  if (weightDecay === 0) return change;
  const share = typeof rate === 'number' ? rate * weightDecay : mul(rate, weightDecay);
  return add(change, mul(parameter, share));
}

/** tanh of it is 1 in float32: stands for the infinite logarithm of a decay of 0. */
const largestHalfRate = 50;

/**
 * Returns `(1 - beta) / (1 - beta^step)`, one over the sum of a decayed sum's weights, without losing digits, which
 * 1 - beta^step would do at the first steps.
 *
 * With T = tanh(-step·ln(beta)/2), 1 - beta^step = -expm1(step·ln(beta)) = 2T / (1 + T).
 */
function weightOfSum(step: Tensor, beta: number): Tensor {
  const halfRate = Math.min(-Math.log(beta) / 2, largestHalfRate);
  const share = (1 - beta) / 2;
  return add(div(share, tanh(mul(step, halfRate))), share);
}

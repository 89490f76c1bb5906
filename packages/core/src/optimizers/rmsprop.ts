import { add, div, mul, sqrt, sub } from '@etalon/compiler';
import { learningRateAt, requireContext, slotOf } from './context.ts';
import { decayedSum, decayedSumOfSquares } from './decayed-sum.ts';
import type { LearningRate, Optimizer } from './optimizer.ts';
import { requireDecay, requireEpsilon, requireLearningRate } from './options.ts';

/** Options of `rmsprop`. */
export interface RmspropOptions {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Decay of the average squared gradient, in `[0, 1)`; default 0.9. */
  readonly rho?: number;
  /** Share of the velocity that is kept from step to step, in `[0, 1)`; default 0. */
  readonly momentum?: number;
  /** Added to the root of the average squared gradient; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Returns RMSprop: `p - learningRate · g / (√s + epsilon)`, where `s` is the average squared gradient. With momentum,
 * `v = momentum · v + g / (√s + epsilon)` takes the place of the quotient. As PyTorch `RMSprop`, with the default rate
 * and decay of Keras. The slots hold the decayed sum `s / (1 - rho)` and `velocity · √(1 - rho)`.
 *
 * @throws {AttributeError} `OPTION_RANGE` for an option outside its range.
 * @see Tieleman and Hinton 2012, "Neural networks for machine learning", lecture 6.5
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const name = 'rmsprop';
  const { learningRate = 1e-3, rho = 0.9, momentum = 0, epsilon = 1e-8 } = options;
  requireLearningRate(name, learningRate);
  requireDecay(name, 'rho', rho);
  requireDecay(name, 'momentum', momentum);
  requireEpsilon(name, epsilon);
  // s = (1 - rho)·S of the sum S: g / (√s + ε) = (g / (√S + ε/w)) / w with w = √(1 - rho), and the learning rate divides by w.
  const rootWeight = Math.sqrt(1 - rho);
  return {
    name,
    slots: momentum === 0 ? ['squareSum'] : ['squareSum', 'velocity'],
    update: (context) => {
      requireContext(name, context);
      const { parameter, gradient, step } = context;
      const squareSum = decayedSumOfSquares(slotOf(name, context, 'squareSum'), gradient, rho);
      const rate = mul(learningRateAt(name, learningRate, step), 1 / rootWeight);
      const quotient = div(gradient, add(sqrt(squareSum), epsilon / rootWeight));
      if (momentum === 0) {
        return { parameter: sub(parameter, mul(quotient, rate)), slots: { squareSum } };
      }
      const velocity = decayedSum(slotOf(name, context, 'velocity'), quotient, momentum);
      return { parameter: sub(parameter, mul(velocity, rate)), slots: { squareSum, velocity } };
    },
  };
}

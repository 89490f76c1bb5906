import { add, div, mul, sqrt, square, sub } from '@etalon/compiler';
import { learningRateAt, requireContext, slotOf } from './context.ts';
import { movingAverage } from './moving-average.ts';
import type { LearningRate, Optimizer } from './optimizer.ts';
import { requireDecay, requireEpsilon, requireLearningRate } from './options.ts';
import { withoutSubnormals } from './without-subnormals.ts';

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
 * and decay of Keras.
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
  return {
    name,
    slots: momentum === 0 ? ['meanSquare'] : ['meanSquare', 'velocity'],
    update: (context) => {
      requireContext(name, context);
      const { parameter, gradient, step } = context;
      const squared = square(gradient);
      const meanSquare = movingAverage(slotOf(name, context, 'meanSquare'), squared, rho);
      const rate = learningRateAt(name, learningRate, step);
      const quotient = div(gradient, add(sqrt(meanSquare), epsilon));
      if (momentum === 0) {
        return { parameter: sub(parameter, mul(quotient, rate)), slots: { meanSquare } };
      }
      const velocity = withoutSubnormals(
        add(mul(slotOf(name, context, 'velocity'), momentum), quotient),
      );
      return {
        parameter: sub(parameter, mul(velocity, rate)),
        slots: { meanSquare, velocity },
      };
    },
  };
}

import { add, mul, sub } from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';
import { learningRateAt, requireContext, slotOf } from './context.ts';
import { decayedSum } from './decayed-sum.ts';
import type { LearningRate, Optimizer } from './optimizer.ts';
import { requireAtLeastZero, requireDecay, requireLearningRate } from './options.ts';

/** Options of `sgd`. */
export interface SgdOptions {
  readonly learningRate: LearningRate;
  /** Share of the velocity that is kept from step to step, in `[0, 1)`; default 0. */
  readonly momentum?: number;
  /** Whether the gradient is taken as if a step ahead; needs momentum. Default false. */
  readonly nesterov?: boolean;
  /** Multiple of the parameter that is added to its gradient (L2 penalty); default 0. */
  readonly weightDecay?: number;
}

/**
 * Returns stochastic gradient descent: `p - learningRate · g`. With momentum, `v = momentum · v + g` takes the place
 * of `g`; with Nesterov's, `g + momentum · v`. As PyTorch `SGD` and optax `sgd`; Keras puts the learning rate inside
 * the velocity, which is the same while the rate does not change.
 *
 * @throws {AttributeError} `OPTION_RANGE` for an option outside its range, `OPTION_NESTEROV` without momentum.
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"
 */
export function sgd(options: SgdOptions): Optimizer {
  const name = 'sgd';
  const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  requireLearningRate(name, learningRate);
  requireDecay(name, 'momentum', momentum);
  requireAtLeastZero(name, 'weightDecay', weightDecay);
  if (nesterov && momentum === 0) {
    throw new AttributeError(
      'OPTION_NESTEROV',
      `${name}: nesterov needs momentum, got momentum 0.\nFix: sgd({ momentum: 0.9, nesterov: true, … }).`,
    );
  }
  return {
    name,
    slots: momentum === 0 ? [] : ['velocity'],
    update: (context) => {
      requireContext(name, context);
      const { parameter, step } = context;
      const gradient =
        weightDecay === 0 ? context.gradient : add(context.gradient, mul(parameter, weightDecay));
      const rate = learningRateAt(name, learningRate, step);
      if (momentum === 0) return { parameter: sub(parameter, mul(gradient, rate)), slots: {} };
      const velocity = decayedSum(slotOf(name, context, 'velocity'), gradient, momentum);
      const direction = nesterov ? add(gradient, mul(velocity, momentum)) : velocity;
      return { parameter: sub(parameter, mul(direction, rate)), slots: { velocity } };
    },
  };
}

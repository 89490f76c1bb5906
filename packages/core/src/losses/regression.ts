import type { Tensor } from '@etalon/compiler';
import { abs, clamp, mul, nameScope, square, sub } from '@etalon/compiler';
import { requirePair } from './loss-operands.ts';
import type { LossOptions } from './loss-options.ts';
import { reduceLoss, requireLossOption } from './loss-options.ts';

/** Options of `huber`. */
export interface HuberOptions extends LossOptions {
  /** Difference at which the loss turns from quadratic to linear; above 0, default 1. */
  readonly delta?: number;
}

/**
 * Returns the mean of `(prediction - target)²`. Keras `MeanSquaredError`, PyTorch `mse_loss`.
 *
 * @param predictions - float32, any shape.
 * @param targets - float32, of the same shape.
 * @returns a float32 scalar over all elements; one value for each with `reduction: 'none'`.
 * @throws {DTypeError} `DTYPE_LOSS` when an operand is not float32.
 * @throws {ShapeError} `SHAPE_LOSS` when the shapes differ.
 * @throws {AttributeError} `OPTION_REDUCTION`.
 */
export function meanSquaredError(
  predictions: Tensor,
  targets: Tensor,
  options: LossOptions = {},
): Tensor {
  return ofDifference('meanSquaredError', predictions, targets, options, square);
}

/**
 * Returns the mean of `|prediction - target|`; the gradient is 0 where they are equal. Keras `MeanAbsoluteError`,
 * PyTorch `l1_loss`. Operands, result and errors as for {@link meanSquaredError}.
 */
export function meanAbsoluteError(
  predictions: Tensor,
  targets: Tensor,
  options: LossOptions = {},
): Tensor {
  return ofDifference('meanAbsoluteError', predictions, targets, options, abs);
}

/**
 * Returns the mean of Huber's function of `d = prediction - target`: `d²/2` where `|d| <= delta`, else
 * `delta·(|d| - delta/2)`. Keras `Huber`, PyTorch `huber_loss`. Operands and result as for
 * {@link meanSquaredError}.
 *
 * @throws {AttributeError} `OPTION_RANGE` unless `delta` is above 0; and as {@link meanSquaredError}.
 * @see Huber 1964, "Robust estimation of a location parameter"
 */
export function huber(predictions: Tensor, targets: Tensor, options: HuberOptions = {}): Tensor {
  const { delta = 1 } = options;
  requireLossOption('huber', 'delta', delta, (value) => value > 0, 'above 0');
  return ofDifference('huber', predictions, targets, options, (difference) => {
    // With c = clamp(d, ±delta) both branches are c·(d - c/2).
    const clamped = clamp(difference, -delta, delta);
    return mul(clamped, sub(difference, mul(clamped, 0.5)));
  });
}

function ofDifference(
  loss: string,
  predictions: Tensor,
  targets: Tensor,
  options: LossOptions,
  value: (difference: Tensor) => Tensor,
): Tensor {
  requirePair(loss, 'predictions', predictions, targets);
  return nameScope(loss, () => reduceLoss(loss, value(sub(predictions, targets)), options));
}

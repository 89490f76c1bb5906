import type { Tensor } from '@etalon/compiler';
import { add, cast, exp, greater, log, mul, nameScope, sub, where } from '@etalon/compiler';
import { requirePair } from './loss-operands.ts';
import type { CrossEntropyOptions } from './loss-options.ts';
import { reduceLoss, smoothingOf } from './loss-options.ts';

/**
 * Returns the cross entropy of independent yes-or-no targets, in nats: `-z·log σ(x) - (1 - z)·log(1 - σ(x))`,
 * computed as `max(x, 0) - x·z + log(1 + e^-|x|)`. Keras `BinaryCrossentropy(from_logits=True)`, PyTorch
 * `binary_cross_entropy_with_logits`. Label smoothing moves targets towards one half: there are two classes.
 *
 * @param logits - float32, any shape.
 * @param targets - float32 in `[0, 1]`, of the same shape.
 * @returns a float32 scalar over all elements; one value for each with `reduction: 'none'`.
 * @throws {DTypeError} `DTYPE_LOSS` when an operand is not float32.
 * @throws {ShapeError} `SHAPE_LOSS` when the shapes differ.
 * @throws {AttributeError} `OPTION_REDUCTION`, `OPTION_RANGE`.
 */
export function binaryCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const loss = 'binaryCrossEntropy';
  const smoothing = smoothingOf(loss, options);
  requirePair(loss, 'logits', logits, targets);
  return nameScope(loss, () => {
    const smooth = smoothing === 0 ? targets : add(mul(targets, 1 - smoothing), smoothing / 2);
    // With p = [x > 0] and s = 1 - 2p, both constant to differentiation, max(x, 0) is p·x and -|x| is s·x: unlike
    // those of max and abs, derivatives of every order are then right at 0, where logits of a new model often lie.
    const isPositive = greater(logits, 0);
    const linear = mul(logits, sub(cast(isPositive, 'float32'), smooth));
    const negativeMagnitude = mul(logits, where(isPositive, -1, 1));
    return reduceLoss(loss, add(linear, log(add(exp(negativeMagnitude), 1))), options);
  });
}

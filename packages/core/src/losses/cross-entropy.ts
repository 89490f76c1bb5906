import type { Tensor } from '@etalon/compiler';
import {
  add,
  cast,
  formatShape,
  formatType,
  logSoftmax,
  mul,
  nameScope,
  neg,
  oneHot,
  reduceSum,
  shapesEqual,
  where,
} from '@etalon/compiler';
import { DTypeError, ShapeError } from '@etalon/spec';
import {
  classCount,
  requireFloat,
  requirePair,
  requireTensor,
  reshapeFix,
} from './loss-operands.ts';
import type { CrossEntropyOptions } from './loss-options.ts';
import { reduceLoss, smoothingOf } from './loss-options.ts';

/**
 * Returns the cross entropy `-log softmax(logits)[label]` of class indices, in nats. Keras
 * `SparseCategoricalCrossentropy(from_logits=True)`, PyTorch `cross_entropy`.
 *
 * A logit of -∞ on another class than the label's is an impossible class and counts for nothing.
 *
 * @param logits - float32 `[…, classes]`, not normalised.
 * @param labels - int32 `[…]`, each in `[0, classes)`.
 * @returns a float32 scalar; `[…]` with `reduction: 'none'`.
 * @throws {DTypeError} `DTYPE_LOSS` when logits are not float32 or labels not int32.
 * @throws {ShapeError} `SHAPE_LOSS_LABELS`, or `SHAPE_LOSS_CLASSES` when the number of classes is not fixed.
 * @throws {AttributeError} `OPTION_REDUCTION`, `OPTION_RANGE`.
 */
export function sparseCategoricalCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const loss = 'sparseCategoricalCrossEntropy';
  const smoothing = smoothingOf(loss, options);
  requireFloat(loss, 'logits', logits);
  const classes = classCount(loss, logits);
  requireLabels(loss, logits, labels);
  return nameScope(loss, () => {
    const logProbabilities = logSoftmax(logits);
    // chosen, not multiplied: 0·(-∞) is not a number
    const isLabel = cast(oneHot(labels, { depth: classes }), 'bool');
    const ofLabel = reduceSum(where(isLabel, logProbabilities, 0), { axes: -1 });
    return neg(reduceLoss(loss, smooth(ofLabel, logProbabilities, smoothing, classes), options));
  });
}

/**
 * Returns the cross entropy `-Σ targets · log softmax(logits)` over the last axis, in nats. Keras
 * `CategoricalCrossentropy(from_logits=True)`.
 *
 * @param logits - float32 `[…, classes]`, not normalised.
 * @param targets - float32 `[…, classes]`: one-hot rows, or any probabilities.
 * @returns a float32 scalar; `[…]` with `reduction: 'none'`.
 * @throws {DTypeError} `DTYPE_LOSS` when an operand is not float32.
 * @throws {ShapeError} `SHAPE_LOSS`, or `SHAPE_LOSS_CLASSES` when the number of classes is not fixed.
 * @throws {AttributeError} `OPTION_REDUCTION`, `OPTION_RANGE`.
 */
export function categoricalCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const loss = 'categoricalCrossEntropy';
  const smoothing = smoothingOf(loss, options);
  const fix = 'sparseCategoricalCrossEntropy() for class indices';
  requirePair(loss, 'logits', logits, targets, fix);
  const classes = classCount(loss, logits);
  return nameScope(loss, () => {
    const logProbabilities = logSoftmax(logits);
    const ofTargets = reduceSum(mul(targets, logProbabilities), { axes: -1 });
    return neg(reduceLoss(loss, smooth(ofTargets, logProbabilities, smoothing, classes), options));
  });
}

// Σ ((1 - s)·targets + s/classes)·log p, from Σ targets·log p
function smooth(
  ofTargets: Tensor,
  logProbabilities: Tensor,
  smoothing: number,
  classes: number,
): Tensor {
  if (smoothing === 0) return ofTargets;
  const ofAll = reduceSum(logProbabilities, { axes: -1 });
  return add(mul(ofTargets, 1 - smoothing), mul(ofAll, smoothing / classes));
}

function requireLabels(loss: string, logits: Tensor, labels: Tensor): void {
  requireTensor(loss, 'labels', labels);
  if (labels.dtype !== 'int32') {
    throw new DTypeError(
      'DTYPE_LOSS',
      `${loss}: labels must be int32 class indices, got ${formatType(labels)}.\nFix: cast(labels, 'int32'), or categoricalCrossEntropy() for one-hot rows.`,
      { details: { operand: 'labels', received: labels.dtype } },
    );
  }
  const wanted = logits.shape.slice(0, -1);
  if (shapesEqual(labels.shape, wanted)) return;
  throw new ShapeError(
    'SHAPE_LOSS_LABELS',
    `${loss}: labels must have the shape of logits without the class axis, got ${formatType(labels)} for ${formatType(logits)}.\nExpected int32${formatShape(wanted)}.${reshapeFix('labels', labels.shape, wanted)}`,
    { details: { received: [logits.shape, labels.shape] } },
  );
}

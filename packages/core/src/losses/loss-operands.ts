import type { Tensor } from '@etalon/compiler';
import { formatShape, formatType, isTensor, shapesEqual } from '@etalon/compiler';
import type { Shape } from '@etalon/spec';
import { DataError, DTypeError, ShapeError } from '@etalon/spec';

/**
 * Checks that an operand is a tensor, for a misspelt output or target is `undefined`.
 *
 * @throws {DataError} `LOSS_OPERAND`.
 */
export function requireTensor(where: string, operand: string, value: Tensor): void {
  if (isTensor(value)) return;
  throw new DataError(
    'LOSS_OPERAND',
    `${where}: ${operand} must be a tensor, got ${String(value)}.\nFix: check the name of the model's output or of the data set's field.`,
    { details: { operand } },
  );
}

/**
 * Checks that an operand is a float32 tensor.
 *
 * @throws {DataError} `LOSS_OPERAND` when it is none.
 * @throws {DTypeError} `DTYPE_LOSS` when it has another dtype.
 */
export function requireFloat(where: string, operand: string, value: Tensor, fix?: string): void {
  requireTensor(where, operand, value);
  if (value.dtype === 'float32') return;
  throw new DTypeError(
    'DTYPE_LOSS',
    `${where}: ${operand} must be float32, got ${formatType(value)}.\nFix: ${fix ?? `cast(${operand}, 'float32')`}.`,
    { details: { operand, received: value.dtype } },
  );
}

/**
 * Checks that predictions and targets are float32 tensors of one shape. Broadcasting is refused, since
 * `[batch, 1]` against `[batch]` would compare every prediction with every target.
 *
 * @throws {DataError} `LOSS_OPERAND` when one is no tensor.
 * @throws {DTypeError} `DTYPE_LOSS` when one is not float32.
 * @throws {ShapeError} `SHAPE_LOSS` when the shapes differ.
 */
export function requirePair(
  where: string,
  operand: string,
  values: Tensor,
  targets: Tensor,
  fix?: string,
): void {
  requireFloat(where, operand, values);
  requireFloat(where, 'targets', targets, fix);
  if (shapesEqual(values.shape, targets.shape)) return;
  throw new ShapeError(
    'SHAPE_LOSS',
    `${where}: ${operand} and targets must have one shape, got ${formatType(values)} and ${formatType(targets)}.${reshapeFix('targets', targets.shape, values.shape)}`,
    { details: { received: [values.shape, targets.shape] } },
  );
}

/**
 * Returns the size of the last axis of logits, which counts classes.
 *
 * @throws {ShapeError} `SHAPE_LOSS_CLASSES` when there is no axis or its size is only known at run time.
 */
export function classCount(where: string, logits: Tensor): number {
  const classes = logits.shape.at(-1);
  if (typeof classes === 'number') return classes;
  throw new ShapeError(
    'SHAPE_LOSS_CLASSES',
    `${where}: the last axis of logits counts classes and must have a fixed size, got ${formatType(logits)}.`,
  );
}

/** A line that proposes `reshape` where shapes differ by axes of size 1 alone, else nothing. */
export function reshapeFix(operand: string, given: Shape, wanted: Shape): string {
  const squeezed = (shape: Shape): Shape => shape.filter((size) => size !== 1);
  return shapesEqual(squeezed(given), squeezed(wanted))
    ? `\nFix: reshape(${operand}, ${formatShape(wanted)}).`
    : '';
}

import type { Tensor } from '@etalon/compiler';
import { formatShape, formatType, shapesEqual } from '@etalon/compiler';
import type { DType, Shape } from '@etalon/spec';
import { DTypeError, ShapeError } from '@etalon/spec';

/** A tensor that a metric reads, and what messages call it: `output "logits"`. */
export interface MetricOperand {
  readonly label: string;
  readonly tensor: Tensor;
}

/** @throws {DTypeError} `DTYPE_METRIC` when an operand has another dtype. */
export function requireDType(where: string, { label, tensor }: MetricOperand, dtype: DType): void {
  if (tensor.dtype === dtype) return;
  throw new DTypeError(
    'DTYPE_METRIC',
    `${where}: ${label} must be ${dtype}, got ${formatType(tensor)}.`,
    { details: { operand: label, expected: dtype, received: tensor.dtype } },
  );
}

/** @throws {ShapeError} `SHAPE_METRIC` when a target's shape is not the one that goes with the output. */
export function requireShape(
  where: string,
  output: MetricOperand,
  target: MetricOperand,
  wanted: Shape,
): void {
  if (shapesEqual(target.tensor.shape, wanted)) return;
  throw new ShapeError(
    'SHAPE_METRIC',
    `${where}: ${target.label} must have shape ${formatShape(wanted)}, got ${formatType(target.tensor)} for ${output.label} ${formatType(output.tensor)}.`,
    { details: { operand: target.label, expected: wanted, received: target.tensor.shape } },
  );
}

/** @throws {ShapeError} `SHAPE_METRIC` when an output has no axis of classes. */
export function requireClassAxis(where: string, { label, tensor }: MetricOperand): void {
  if (tensor.shape.length > 0) return;
  throw new ShapeError(
    'SHAPE_METRIC',
    `${where}: the last axis of ${label} counts classes, got ${formatType(tensor)}.\nExpected rank 1 or more.`,
    { details: { operand: label, received: tensor.shape } },
  );
}

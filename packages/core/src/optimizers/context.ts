import type { Tensor, TensorLike } from '@etalon/compiler';
import { formatType, isTensor, shapesEqual } from '@etalon/compiler';
import { AttributeError, DataError, DTypeError, ShapeError } from '@etalon/spec';
import type { LearningRate, OptimizerContext } from './optimizer.ts';

/**
 * Checks what an update reads: an operand of another shape would be broadcast in silence.
 *
 * @throws {ShapeError} `SHAPE_OPTIMIZER`.
 * @throws {DTypeError} `DTYPE_OPTIMIZER`.
 */
export function requireContext(where: string, context: OptimizerContext): void {
  const { parameter, gradient, slots, step } = context;
  requireFloat(where, 'parameter', parameter);
  requireFloat(where, 'step', step);
  if (step.shape.length > 0) {
    throw new ShapeError(
      'SHAPE_OPTIMIZER',
      `${where}: step must be a scalar, got ${formatType(step)}.`,
    );
  }
  for (const [operand, tensor] of Object.entries({ gradient, ...slots })) {
    requireFloat(where, operand, tensor);
    if (shapesEqual(tensor.shape, parameter.shape)) continue;
    throw new ShapeError(
      'SHAPE_OPTIMIZER',
      `${where}: ${operand} must have the parameter's shape, got ${formatType(tensor)} for ${formatType(parameter)}.`,
      { details: { operand } },
    );
  }
}

/**
 * Returns the value of a slot.
 *
 * @throws {DataError} `OPTIMIZER_SLOT` when it is missing, as when the state is that of another optimizer.
 */
export function slotOf(where: string, { slots }: OptimizerContext, name: string): Tensor {
  const slot = Object.hasOwn(slots, name) ? slots[name] : undefined;
  if (slot !== undefined) return slot;
  throw new DataError(
    'OPTIMIZER_SLOT',
    `${where}: there is no value for slot ${JSON.stringify(name)}, got ${JSON.stringify(Object.keys(slots))}.\nFix: begin with initializeOptimizer() of the same optimizer.`,
    { details: { slot: name } },
  );
}

/**
 * Returns the learning rate of a step.
 *
 * @throws {AttributeError} `OPTION_LEARNING_RATE` when a function does not return a float32 scalar.
 */
export function learningRateAt(
  where: string,
  learningRate: LearningRate,
  step: Tensor,
): TensorLike {
  if (typeof learningRate === 'number') return learningRate;
  const rate: unknown = learningRate(step);
  if (isTensor(rate) && rate.dtype === 'float32' && rate.shape.length === 0) return rate;
  throw new AttributeError(
    'OPTION_LEARNING_RATE',
    `${where}: learningRate(step) must return a float32 scalar, got ${isTensor(rate) ? formatType(rate) : String(rate)}.`,
  );
}

function requireFloat(where: string, operand: string, tensor: Tensor): void {
  if (tensor.dtype === 'float32') return;
  throw new DTypeError(
    'DTYPE_OPTIMIZER',
    `${where}: ${operand} must be float32, got ${formatType(tensor)}.`,
    { details: { operand } },
  );
}

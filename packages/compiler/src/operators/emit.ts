import type { DType, HostTensor, OperatorName, OperatorsV1 } from '@etalon/spec';
import { ProgramError } from '@etalon/spec';
import type { OperandsOf } from '../definitions/operand-counts.ts';
import { currentBuilder } from '../tracing/current-builder.ts';
import type { ProgramBuilder, Tensor, TensorLike } from '../tracing/tensor.ts';

/** Adds a node to the trace of its operands and returns the result. */
export function emit<K extends OperatorName>(
  operator: K,
  inputs: OperandsOf<K, Tensor>,
  attributes: OperatorsV1[K],
): Tensor {
  const tensors: readonly Tensor[] = inputs;
  return builderOf(operator, tensors).emit(operator, tensors, attributes);
}

/**
 * Trace that tensors belong to: the one open trace when there are none.
 *
 * @throws {ProgramError} when they come from different traces.
 */
export function builderOf(where: string, tensors: readonly Tensor[]): ProgramBuilder {
  const builder = tensors[0]?.['~trace'].builder ?? currentBuilder(where);
  for (const tensor of tensors) {
    if (tensor['~trace'].builder !== builder) {
      throw new ProgramError(
        'TRACE_MIXED',
        `${where}: operands come from different programs.\nFix: use a tensor only inside the function that was traced; pass values between programs as inputs.`,
      );
    }
  }
  return builder;
}

/** Makes a scalar constant of a dtype. */
export function scalar(builder: ProgramBuilder, value: number, dtype: DType): Tensor {
  return builder.constant(hostScalar(value, dtype));
}

function hostScalar(value: number, dtype: DType): HostTensor {
  switch (dtype) {
    case 'float32':
      return { dtype, shape: [], data: Float32Array.of(value) };
    case 'int32':
      return { dtype, shape: [], data: Int32Array.of(value) };
    default:
      return { dtype, shape: [], data: Uint8Array.of(value) };
  }
}

/**
 * Turns numbers among operands into constants of the tensors' dtype; float32 when all are numbers.
 */
export function promote(where: string, operands: readonly [TensorLike]): readonly [Tensor];
export function promote(
  where: string,
  operands: readonly [TensorLike, TensorLike],
): readonly [Tensor, Tensor];
export function promote(where: string, operands: readonly TensorLike[]): readonly Tensor[] {
  const tensors = operands.filter((value) => typeof value !== 'number');
  const builder = builderOf(where, tensors);
  const dtype = tensors[0]?.dtype ?? 'float32';
  return operands.map((value) =>
    typeof value === 'number' ? scalar(builder, value, dtype) : value,
  );
}

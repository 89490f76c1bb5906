import type { DType, HostTensor, OperatorName, OperatorsV1 } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import type { OperandsOf } from '../definitions/operand-counts.ts';
import { holds } from '../program/holds.ts';
import { currentBuilder } from '../tracing/current-builder.ts';
import { joinPath } from '../tracing/path.ts';
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
 * The innermost trace that tensors belong to: the one open trace when there are none. Inside the body of a scan,
 * tensors of the program around it become invariant operands.
 *
 * @throws {ProgramError} when they come from different programs.
 */
export function builderOf(where: string, tensors: readonly Tensor[]): ProgramBuilder {
  const [first] = tensors;
  if (first === undefined) return currentBuilder(where);
  let { builder } = first['~trace'];
  for (const tensor of tensors) {
    const own = tensor['~trace'].builder;
    if (own.depth > builder.depth) builder = own;
  }
  if (tensors.some((tensor) => tensor['~trace'].builder !== builder)) {
    builder.at(placeOf(builder, where), () => tensors.map((tensor) => builder.adopt(tensor)));
  }
  return builder;
}

/**
 * The innermost open trace, where it lies inside the one that tensors belong to. For functions that call the user's:
 * in the body of a scan, what they are given may all come from the program around it while the user's function uses
 * tensors of the body.
 *
 * @throws {ProgramError} when no trace is open, or the tensors come from different programs.
 */
export function innermostOf(where: string, tensors: readonly Tensor[]): ProgramBuilder {
  const own = builderOf(where, tensors);
  const open = currentBuilder(where);
  return open.depth > own.depth ? open : own;
}

/** Path that a node made now would have, for errors found before it is made. */
export function placeOf(builder: ProgramBuilder, operator: string): string {
  return joinPath(builder.path, operator);
}

/**
 * Makes a scalar constant of a dtype.
 *
 * @throws {AttributeError} when the dtype does not hold the number: it would be changed without a word.
 */
export function scalar(
  builder: ProgramBuilder,
  where: string,
  value: number,
  dtype: DType,
): Tensor {
  if (!holds(dtype, value)) {
    throw new AttributeError(
      'ATTRIBUTE_NUMBER',
      `${placeOf(builder, where)}: the number becomes ${dtype}, which does not hold it, got ${value}.${
        dtype === 'int32' ? "\nFix: convert the other operand with cast(x, 'float32')." : ''
      }`,
    );
  }
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
    typeof value === 'number' ? scalar(builder, where, value, dtype) : value,
  );
}

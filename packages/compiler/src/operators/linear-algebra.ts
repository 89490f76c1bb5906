import type { LinearAlgebraOperatorsV1 } from '@etalon/spec';
import type { Tensor } from '../tracing/tensor.ts';
import { emit } from './emit.ts';

/** Returns the matrix product. See {@link LinearAlgebraOperatorsV1.matmul}. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return emit('matmul', [a, b], {});
}

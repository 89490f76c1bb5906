import type { Tensor } from '@etalon/compiler';
import { add, matmul } from '@etalon/compiler';
import { InternalError } from '@etalon/spec';
import type { Tensors } from '../cases/case.ts';

/** Applies a layer's kernel and bias. */
export function linear(parameters: Tensors, name: string, x: Tensor): Tensor {
  return add(matmul(x, part(parameters, `${name}/kernel`)), part(parameters, `${name}/bias`));
}

/** Returns a parameter. */
export function part(parameters: Tensors, name: string): Tensor {
  const found = parameters[name];
  if (found !== undefined) return found;
  throw new InternalError('INTERNAL_VALUE', `conformance: the network has no parameter "${name}".`);
}

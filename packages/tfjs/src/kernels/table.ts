import type { CompositeOperatorsV1, NodeV1 } from '@etalon/spec';
import type { TfjsTensor } from '../runtime.ts';
import { compositeKernels } from './composite.ts';
import { convolutionKernels } from './convolution.ts';
import { elementwiseKernels } from './elementwise.ts';
import { indexingKernels } from './indexing.ts';
import type { Kernel, KernelCall, KernelsOf, RunOperator } from './kernel.ts';
import { linearAlgebraKernels } from './linear-algebra.ts';
import { movementKernels } from './movement.ts';
import { poolingKernels } from './pooling.ts';
import { reductionKernels } from './reduction.ts';

/** Operators that have to have a row: `prepare` decomposes the composite ones. */
type CoreOperator = Exclude<RunOperator, keyof CompositeOperatorsV1>;

/** Rows of all operators that the backend runs. */
export const kernels: KernelsOf<CoreOperator> & Partial<KernelsOf<RunOperator>> = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...linearAlgebraKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...movementKernels,
  ...indexingKernels,
  ...compositeKernels,
};

/** A row whose operator is not known at compile time. */
export interface AnyKernel {
  readonly kind: Kernel<RunOperator>['kind'];
  readonly run: (
    call: Omit<KernelCall<RunOperator>, 'attributes'> & { attributes: unknown },
  ) => TfjsTensor;
}

/** Returns the row of a node's operator. */
export function kernelOf(node: NodeV1): AnyKernel | undefined {
  const rows: Readonly<Record<string, unknown>> = kernels;
  return rows[node.operator] as AnyKernel | undefined;
}

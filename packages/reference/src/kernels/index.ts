import { compositeKernels } from './composite.ts';
import { convolutionKernels } from './convolution.ts';
import { elementwiseKernels } from './elementwise.ts';
import { indexingKernels } from './indexing.ts';
import type { KernelName, KernelsOf } from './kernel.ts';
import { linearAlgebraKernels } from './linear-algebra.ts';
import { movementKernels } from './movement.ts';
import { poolingKernels } from './pooling.ts';
import { reductionKernels } from './reduction.ts';

/** One kernel for every operator that is not a random draw. */
export const kernels: KernelsOf<KernelName> = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...linearAlgebraKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...movementKernels,
  ...indexingKernels,
  ...compositeKernels,
};

import { compositeLowerings } from './composite.ts';
import { convolutionLowerings } from './convolution.ts';
import { elementwiseLowerings } from './elementwise.ts';
import { indexingLowerings } from './indexing.ts';
import { linearAlgebraLowerings } from './linear-algebra.ts';
import type { LoweringTable } from './lowering.ts';
import { movementLowerings } from './movement.ts';
import { poolingLowerings } from './pooling.ts';
import { randomLowerings } from './random.ts';
import { reductionLowerings } from './reduction.ts';

/** Lowerings of all operators. */
export const lowerings: LoweringTable = {
  ...elementwiseLowerings,
  ...reductionLowerings,
  ...linearAlgebraLowerings,
  ...convolutionLowerings,
  ...poolingLowerings,
  ...movementLowerings,
  ...indexingLowerings,
  ...randomLowerings,
  ...compositeLowerings,
};

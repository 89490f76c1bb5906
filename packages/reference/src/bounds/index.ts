import type { KernelName } from '../kernels/kernel.ts';
import { compositeBounds } from './composite.ts';
import { elementwiseBounds } from './elementwise.ts';
import { indexingBounds } from './indexing.ts';
import { movementBounds } from './movement.ts';
import { poolingBounds } from './pooling.ts';
import { productBounds } from './products.ts';
import { reductionBounds } from './reduction.ts';
import type { BoundRulesOf } from './rule.ts';

/** One bound rule for every operator that has a kernel. */
export const boundRules: BoundRulesOf<KernelName> = {
  ...elementwiseBounds,
  ...reductionBounds,
  ...productBounds,
  ...poolingBounds,
  ...movementBounds,
  ...indexingBounds,
  ...compositeBounds,
};

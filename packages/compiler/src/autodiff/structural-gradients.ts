import type { StructuralOperatorsV1 } from '@etalon/spec';
import { scanGradient } from './scan-gradient.ts';
import type { StructuralGradient } from './structural-gradient.ts';

/** Gradients of operators that hold programs. */
export const structuralGradients: {
  readonly [K in keyof StructuralOperatorsV1]: StructuralGradient;
} = { scan: scanGradient };

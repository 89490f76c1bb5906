import type { CompositeOperatorsV1 } from './composite.ts';
import type { ConvolutionOperatorsV1 } from './convolution.ts';
import type { ElementwiseOperatorsV1 } from './elementwise.ts';
import type { IndexingOperatorsV1 } from './indexing.ts';
import type { LinearAlgebraOperatorsV1 } from './linear-algebra.ts';
import type { MovementOperatorsV1 } from './movement.ts';
import type { RandomOperatorsV1 } from './random.ts';
import type { ReductionOperatorsV1 } from './reduction.ts';
import type { StructuralOperatorsV1 } from './structural.ts';

/** All operators of version 1, each with the type of its attributes. */
export interface OperatorsV1
  extends ElementwiseOperatorsV1,
    ReductionOperatorsV1,
    LinearAlgebraOperatorsV1,
    ConvolutionOperatorsV1,
    MovementOperatorsV1,
    IndexingOperatorsV1,
    RandomOperatorsV1,
    StructuralOperatorsV1,
    CompositeOperatorsV1 {}

/** Name of an operator. */
export type OperatorName = keyof OperatorsV1;

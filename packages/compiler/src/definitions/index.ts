import type { OperatorName } from '@etalon/spec';
import { compositeDefinitions } from './composite.ts';
import { convolutionDefinitions } from './convolution.ts';
import type { DefinitionsOf } from './definition.ts';
import { elementwiseDefinitions } from './elementwise.ts';
import { indexingDefinitions } from './indexing.ts';
import { linearAlgebraDefinitions } from './linear-algebra.ts';
import { movementDefinitions } from './movement.ts';
import { poolingDefinitions } from './pooling.ts';
import { randomDefinitions } from './random.ts';
import { reductionDefinitions } from './reduction.ts';
import { structuralDefinitions } from './structural.ts';

/** What shared code knows about every operator. A forgotten operator is a compile error. */
export const operatorDefinitions: DefinitionsOf<OperatorName> = {
  ...elementwiseDefinitions,
  ...reductionDefinitions,
  ...linearAlgebraDefinitions,
  ...convolutionDefinitions,
  ...poolingDefinitions,
  ...movementDefinitions,
  ...indexingDefinitions,
  ...randomDefinitions,
  ...compositeDefinitions,
  ...structuralDefinitions,
};

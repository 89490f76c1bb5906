import type { ConformanceCase } from '../cases/case.ts';
import { goldenCases } from '../cases/golden.ts';
import elementwise from '../vectors/elementwise.json' with { type: 'json' };
import images from '../vectors/images.json' with { type: 'json' };
import structured from '../vectors/structured.json' with { type: 'json' };
import { binaryCases } from './binary.ts';
import { compositeCases } from './composite.ts';
import { convolutionCases } from './convolution.ts';
import { dtypeCases } from './dtypes.ts';
import { indexingCases } from './indexing.ts';
import { matmulCases } from './matmul.ts';
import { movementCases } from './movement.ts';
import { poolingCases } from './pooling.ts';
import { reductionCases } from './reduction.ts';
import { scanCases } from './scan.ts';
import { unaryCases } from './unary.ts';

/** Every case: those with values from outside, and those that sweep sizes, ranks and attributes. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...goldenCases(elementwise),
  ...goldenCases(structured),
  ...goldenCases(images),
  ...unaryCases,
  ...binaryCases,
  ...reductionCases,
  ...matmulCases,
  ...convolutionCases,
  ...poolingCases,
  ...movementCases,
  ...indexingCases,
  ...compositeCases,
  ...dtypeCases,
  ...scanCases,
];

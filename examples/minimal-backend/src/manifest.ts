import type { BackendManifestV1, SupportedOperators } from '@etalon/spec';
import { kernels } from './kernels.ts';

/** The loops have no limit of their own; this is the largest rank that the suite computes with. */
const MAXIMUM_RANK = 8;

// Made from the table of kernels, so that it can neither promise too much nor too little.
const operators: SupportedOperators = Object.fromEntries(
  Object.entries(kernels).map(([operator, { dtypes }]) => [
    operator,
    { dtypes, maximumRank: MAXIMUM_RANK, nonFinite: true },
  ]),
);

/** What this backend says about itself. */
export const manifest: BackendManifestV1 = {
  operators,
  // `Math.*` in double precision, rounded once
  precision: 'cpu',
  subnormals: 'kept',
  imageLayout: 'nhwc',
  loopPolicy: 'stepwise',
  // device memory is the memory of JavaScript: a run reads tensors where they lie
  deviceInputs: 'resident',
  threads: [1],
  deterministic: true,
};

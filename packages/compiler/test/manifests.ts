import type { BackendManifestV1, DType, OperatorName } from '@etalon/spec';
import { operatorNames, operatorTraits } from '../src/index.ts';

const everything: readonly DType[] = ['float32', 'int32', 'bool', 'uint8'];

/** A manifest of every operator but random draws, on every dtype, without those that are named. */
export function manifestWithout(...missing: readonly OperatorName[]): BackendManifestV1 {
  const operators = operatorNames.filter(
    (operator) => operatorTraits(operator).kind !== 'random' && !missing.includes(operator),
  );
  return manifestOf(
    Object.fromEntries(
      operators.map((operator) => [
        operator,
        { dtypes: everything, maximumRank: 8, nonFinite: true },
      ]),
    ),
  );
}

/** A manifest of the given operators. */
export function manifestOf(operators: BackendManifestV1['operators']): BackendManifestV1 {
  return {
    operators,
    precision: 'exact',
    subnormals: 'kept',
    imageLayout: 'nhwc',
    loopPolicy: 'stepwise',
    deviceInputs: 'resident',
    threads: [1],
    deterministic: true,
  };
}

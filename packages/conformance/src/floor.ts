import { operatorTraits } from '@etalon/compiler';
import type { BackendManifestV1, DType, OperatorName } from '@etalon/spec';
import type { Check } from './checks/check.ts';
import type { CheckOutcome } from './report.ts';
import { conformanceChecks } from './suites/index.ts';

/**
 * Tells whether fewer checks ran than a manifest implies, so that a broken filter or an empty list of cases
 * cannot turn a run green; `undefined` where enough did.
 *
 * Every check that the manifest does not excuse must have run, and every declared operator must have been
 * computed in every declared dtype.
 */
export function belowFloor(
  manifest: BackendManifestV1,
  outcomes: readonly CheckOutcome[],
): string | undefined {
  const ran = new Set(
    outcomes.filter(({ outcome }) => outcome !== 'unsupported').map(({ id }) => id),
  );
  const missing = conformanceChecks.filter(
    ({ id, unsupported }) => !ran.has(id) && unsupported(manifest) === undefined,
  );
  if (missing.length > 0) {
    return `${missing.length} checks that the manifest implies did not run, got ${ran.size} that did.\nThe first is ${missing[0]?.id}.`;
  }
  return unprovenDType(
    manifest,
    conformanceChecks.filter(({ id }) => ran.has(id)),
  );
}

function unprovenDType(
  { operators }: BackendManifestV1,
  ran: readonly Check[],
): string | undefined {
  const proven = new Set(
    ran.flatMap(({ proves }) => proves.map(({ operator, dtype }) => `${operator} ${dtype}`)),
  );
  for (const [name, support] of Object.entries(operators)) {
    const operator = name as OperatorName;
    // a limit on attributes may exclude every case there is
    if (operatorTraits(operator).kind === 'random' || support.limits !== undefined) continue;
    const dtype = support.dtypes.find(
      (candidate: DType) => !proven.has(`${operator} ${candidate}`),
    );
    if (dtype !== undefined) {
      return `"${operator}" is declared for ${dtype} and no check computed it, got dtypes ${JSON.stringify(support.dtypes)}.`;
    }
  }
  return undefined;
}

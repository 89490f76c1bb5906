import type { BackendManifestV1 } from '@etalon/spec';
import type { SuiteName } from './checks/check.ts';

/** What became of one check. */
export interface CheckOutcome {
  readonly id: string;
  readonly suite: SuiteName;
  readonly outcome: 'passed' | 'unsupported' | 'failed';
  /** Why it is unsupported, or what is wrong. */
  readonly message?: string;
  /** Why its budgets were widened. */
  readonly because?: string;
}

/** What became of all checks on one backend. */
export interface ConformanceReport {
  readonly backend: string;
  readonly manifest: BackendManifestV1;
  readonly passed: number;
  readonly unsupported: number;
  readonly failed: number;
  /** False where a filter or a malformed manifest left checks out: such a report certifies nothing. */
  readonly complete: boolean;
  readonly outcomes: readonly CheckOutcome[];
}

/** Counts outcomes. */
export function makeReport(
  backend: string,
  manifest: BackendManifestV1,
  outcomes: readonly CheckOutcome[],
  complete: boolean,
): ConformanceReport {
  const count = (kind: CheckOutcome['outcome']): number =>
    outcomes.filter(({ outcome }) => outcome === kind).length;
  return {
    backend,
    manifest,
    passed: count('passed'),
    unsupported: count('unsupported'),
    failed: count('failed'),
    complete,
    outcomes,
  };
}

/** One line: `onnxruntime-cpu: 412 passed, 38 declared unsupported, 0 failed`. */
export function summarize({
  backend,
  passed,
  unsupported,
  failed,
  complete,
}: ConformanceReport): string {
  const partial = complete ? '' : ' (not all checks ran: certifies nothing)';
  return `${backend}: ${passed} passed, ${unsupported} declared unsupported, ${failed} failed${partial}`;
}

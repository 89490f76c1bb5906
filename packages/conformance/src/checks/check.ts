import type { BackendManifestV1, BackendV1, DType, OperatorName } from '@etalon/spec';
import { EtalonError } from '@etalon/spec';

/** Parts of the suite. */
export type SuiteName =
  | 'manifest'
  | 'operators'
  | 'special values'
  | 'empty sizes'
  | 'gradients'
  | 'second order'
  | 'random bits'
  | 'networks'
  | 'training'
  | 'lifecycle'
  | 'errors'
  | 'absence'
  | 'determinism'
  | 'threads'
  | 'derived programs';

/** What a new backend is asked for. */
export interface BackendRequest {
  /** One of the manifest's `threads`; the backend's own choice where absent. */
  readonly threads?: number;
}

/** Creates a fresh backend that shares nothing with others. */
export type CreateBackend = (request?: BackendRequest) => BackendV1 | Promise<BackendV1>;

/** What a check works with. */
export interface CheckContext {
  /** Shared by the checks of a run, which leave it as they found it. */
  readonly backend: BackendV1;
  /** Creates another backend, which the check disposes. */
  readonly createBackend: CreateBackend;
  /** What the check's budgets are multiplied by: 1 unless the backend has widened it, with a reason. */
  readonly factor: number;
}

/** Use of one operator by a check, for the support table. */
export interface OperatorUse {
  readonly operator: OperatorName;
  /** Element type of the operator's data operand. */
  readonly dtype: DType;
}

/** One thing that a backend must do, or must have declared that it does not. */
export interface Check {
  /** Stable and unique: `matmul/batched-broadcast-left`, `gradient/matmul/matrices`. */
  readonly id: string;
  readonly suite: SuiteName;
  /** What the check proves about operators; empty where it is about something else. */
  readonly proves: readonly OperatorUse[];
  /** Why a backend with such a manifest need not pass; `undefined` where it must. */
  readonly unsupported: (manifest: BackendManifestV1) => string | undefined;
  /** Rejects with a {@link ConformanceError} that tells what is wrong. */
  readonly run: (context: CheckContext) => Promise<void>;
}

/** A backend that does not do what the contract says, or options that do not fit the suite. */
export class ConformanceError extends EtalonError {}

/** Returns the error of a check that a backend fails. */
export function failure(check: string, { name }: BackendV1, what: string): ConformanceError {
  return new ConformanceError('CONFORMANCE_FAILED', `conformance › ${check} (${name}): ${what}`, {
    details: { check, backend: name },
  });
}

/** Declares a check that every backend must pass. */
export function required(id: string, suite: SuiteName, run: Check['run']): Check {
  return { id, suite, proves: [], unsupported: () => undefined, run };
}

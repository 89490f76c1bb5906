import type { BackendV1 } from '@etalon/spec';
import { createChecked } from './checks/backend-form.ts';
import type { Check, CreateBackend } from './checks/check.ts';
import { ConformanceError, failure } from './checks/check.ts';
import { manifestComplaint } from './checks/manifest-form.ts';
import { belowFloor } from './floor.ts';
import type { ConformanceOptions } from './options.ts';
import { requireOptions } from './options.ts';
import type { CheckOutcome, ConformanceReport } from './report.ts';
import { makeReport } from './report.ts';
import { conformanceChecks } from './suites/index.ts';

/** Options of {@link runConformance}. */
export interface RunOptions extends ConformanceOptions {
  /** Runs only checks whose id contains one of these texts; the report is then not complete. */
  readonly filter?: readonly string[];
  /** Called after each check. */
  readonly onOutcome?: (outcome: CheckOutcome) => void;
}

const optionNames: readonly (keyof RunOptions)[] = ['widen', 'filter', 'onOutcome'];

/**
 * Runs the suite on a backend, without a test runner: in a browser, a worker or a script.
 *
 * One backend is shared by most checks; those on ownership, disposal and threads create their own. All are
 * disposed.
 *
 * @param createBackend - returns a fresh backend at each call.
 * @throws {ConformanceError} (rejects) for options that do not fit, a filter that no check matches, or a factory
 * that does not return a backend.
 */
export async function runConformance(
  createBackend: CreateBackend,
  options: RunOptions = {},
): Promise<ConformanceReport> {
  requireOptions(options, optionNames);
  const { filter, onOutcome } = options;
  const selected = filter === undefined ? conformanceChecks : filterChecks(filter);
  const backend = await createChecked(createBackend);
  try {
    // Nothing can be derived from a malformed manifest: what is wrong with it is all there is to say.
    const isMalformed = manifestComplaint(backend.manifest) !== undefined;
    const checks = isMalformed ? formChecks : selected;
    const complete = filter === undefined && !isMalformed;
    const outcomes: CheckOutcome[] = [];
    for (const check of checks) {
      const outcome = await performCheck(check, backend, createBackend, options);
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
    const lack = complete ? belowFloor(backend.manifest, outcomes) : undefined;
    if (lack !== undefined) {
      outcomes.push({ id: 'floor', suite: 'manifest', outcome: 'failed', message: lack });
    }
    return makeReport(backend.name, backend.manifest, outcomes, complete);
  } finally {
    await backend.dispose();
  }
}

const formChecks = conformanceChecks.filter(({ id }) => id === 'manifest/form');

function filterChecks(filter: readonly string[]): readonly Check[] {
  const checks = conformanceChecks.filter(({ id }) => filter.some((text) => id.includes(text)));
  if (checks.length > 0) return checks;
  throw new ConformanceError(
    'CONFORMANCE_FILTER',
    `conformance: no check has an id with any of the texts, got ${JSON.stringify(filter)}.\nExpected a part of an id, like "matmul" or "gradient/conv2d".`,
  );
}

/** Performs one check; never rejects. */
export async function performCheck(
  check: Check,
  backend: BackendV1,
  createBackend: CreateBackend,
  { widen = {} }: ConformanceOptions,
): Promise<CheckOutcome> {
  const { id, suite } = check;
  const widening = widen[id];
  const because = widening && { because: widening.because };
  try {
    if (!formChecks.includes(check) && manifestComplaint(backend.manifest) !== undefined) {
      throw failure(
        id,
        backend,
        'the manifest is malformed, got no check of its promises.\nFix: see manifest/form.',
      );
    }
    const reason = check.unsupported(backend.manifest);
    if (reason !== undefined) return { id, suite, outcome: 'unsupported', message: reason };
    await check.run({ backend, createBackend, factor: widening?.factor ?? 1 });
    return { id, suite, outcome: 'passed', ...because };
  } catch (error) {
    return { id, suite, outcome: 'failed', message: describeError(id, backend, error), ...because };
  }
}

// A failed check speaks for itself; anything else is an error that the backend let through.
function describeError(id: string, { name }: BackendV1, error: unknown): string {
  if (error instanceof ConformanceError) return error.message;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `conformance › ${id} (${name}): it must give a result, got ${text}`;
}

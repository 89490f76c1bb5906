/**
 * The suite as Vitest tests: one for each check.
 *
 * @packageDocumentation
 */
import type { BackendV1 } from '@etalon/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChecked } from '../checks/backend-form.ts';
import type { CreateBackend } from '../checks/check.ts';
import { belowFloor } from '../floor.ts';
import type { ConformanceOptions } from '../options.ts';
import { requireOptions } from '../options.ts';
import type { CheckOutcome, ConformanceReport } from '../report.ts';
import { makeReport } from '../report.ts';
import { performCheck } from '../run-conformance.ts';
import { conformanceChecks } from '../suites/index.ts';

/** Options of {@link describeBackendConformance}. */
export interface DescribeOptions extends ConformanceOptions {
  /** Called after the last check. */
  readonly onReport?: (report: ConformanceReport) => void;
}

const optionNames: readonly (keyof DescribeOptions)[] = ['widen', 'onReport'];

/**
 * Registers one test for each check of the suite. What the manifest excuses is reported as skipped, with the reason
 * as its note; there is no other way to skip. A last test fails if fewer checks ran than the manifest
 * implies.
 *
 * @param createBackend - returns a fresh backend at each call.
 * @throws {ConformanceError} for options that do not fit.
 *
 * @example
 * describeBackendConformance('my-backend', () => createMyBackend());
 */
export function describeBackendConformance(
  name: string,
  createBackend: CreateBackend,
  options: DescribeOptions = {},
): void {
  requireOptions(options, optionNames);
  const suites = [...new Set(conformanceChecks.map(({ suite }) => suite))];
  describe(name, () => {
    const outcomes: CheckOutcome[] = [];
    let backend: BackendV1;
    beforeAll(async () => {
      backend = await createChecked(createBackend);
    });
    afterAll(async () => {
      // a factory that failed has been reported, and there is nothing to dispose
      if ((backend as BackendV1 | undefined) === undefined) return;
      options.onReport?.(makeReport(backend.name, backend.manifest, outcomes, true));
      await backend.dispose();
    });
    describe.each(suites)('%s', (suite) => {
      const checks = conformanceChecks.filter((check) => check.suite === suite);
      it.for(checks.map((check) => [check.id, check] as const))(
        '%s',
        async ([, check], context) => {
          const outcome = await performCheck(check, backend, createBackend, options);
          outcomes.push(outcome);
          if (outcome.outcome === 'unsupported') {
            context.skip(`declared unsupported: ${outcome.message}`);
          }
          if (outcome.outcome === 'failed') expect.fail(outcome.message);
        },
      );
    });
    it('runs every check that the manifest implies', () => {
      expect(belowFloor(backend.manifest, outcomes)).toBeUndefined();
    });
  });
}

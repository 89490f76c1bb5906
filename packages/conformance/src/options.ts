import { ConformanceError } from './checks/check.ts';
import { conformanceChecks } from './suites/index.ts';

/** Why and by how much one check's budgets are larger for a backend. */
export interface Widening {
  /** What budgets are multiplied by; above 1. */
  readonly factor: number;
  /** Why the backend cannot do better: shown with the result. */
  readonly because: string;
}

/**
 * Options of a run. There is none to skip a check: what a backend cannot do is declared in its manifest, and
 * declared unsupported.
 */
export interface ConformanceOptions {
  /** Budgets of single checks, by id: `gradient/matmul/inner-129`. */
  readonly widen?: Readonly<Record<string, Widening>>;
}

/**
 * Checks options, also those that TypeScript has not seen.
 *
 * @throws {ConformanceError} for an unknown option, an unknown check, a factor that does not widen, or no reason.
 */
export function requireOptions(options: object, allowed: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (allowed.includes(name)) continue;
    throw new ConformanceError(
      'CONFORMANCE_OPTION',
      `conformance: there is no such option, got ${JSON.stringify(name)}.\nExpected one of ${JSON.stringify(allowed)}.\nFix: declare what the backend cannot do in its manifest; it is the only skip list.`,
    );
  }
  const { widen = {} }: ConformanceOptions = options;
  const known = new Set(conformanceChecks.map(({ id }) => id));
  for (const [id, widening] of Object.entries(widen)) {
    if (!known.has(id)) {
      throw new ConformanceError(
        'CONFORMANCE_WIDEN_UNKNOWN',
        `conformance › widen: there is no such check, got ${JSON.stringify(id)}.\nExpected the id of a check, like "gradient/matmul/inner-129".`,
      );
    }
    if (!(widening.factor > 1 && Number.isFinite(widening.factor))) {
      throw new ConformanceError(
        'CONFORMANCE_WIDEN_FACTOR',
        `conformance › widen › ${id}: the factor must be a number above 1, got ${widening.factor}.`,
      );
    }
    if (typeof widening.because !== 'string' || widening.because.trim() === '') {
      throw new ConformanceError(
        'CONFORMANCE_WIDEN_REASON',
        `conformance › widen › ${id}: a reason is needed, got ${JSON.stringify(widening.because)}.\nFix: say in \`because\` why the backend cannot do better.`,
      );
    }
  }
}

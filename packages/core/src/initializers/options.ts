import { AttributeError } from '@etalon/spec';

/** Moments of `normal` and, before truncation, of `truncatedNormal`. */
export interface NormalInitializerOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 0.05. */
  readonly standardDeviation?: number;
}

/** Fills in defaults of moments and checks them. */
export function momentsOf(
  where: string,
  { mean = 0, standardDeviation = 0.05 }: NormalInitializerOptions,
): Required<NormalInitializerOptions> {
  requireFinite(where, 'mean', mean);
  requireFinite(where, 'standardDeviation', standardDeviation);
  if (standardDeviation < 0) {
    throw outOfRange(where, 'standardDeviation', standardDeviation, 'a number of at least 0');
  }
  return { mean, standardDeviation };
}

/** @throws {AttributeError} `OPTION_RANGE` when an option is not a finite number. */
export function requireFinite(where: string, option: string, value: number): void {
  if (!Number.isFinite(value)) throw outOfRange(where, option, value, 'a finite number');
}

/** Returns the error for an option outside its range. */
export function outOfRange(
  where: string,
  option: string,
  value: unknown,
  expected: string,
): AttributeError {
  return new AttributeError(
    'OPTION_RANGE',
    `${where}: ${option} is out of range, got ${String(value)}.\nExpected ${expected}.`,
    { details: { option, value } },
  );
}

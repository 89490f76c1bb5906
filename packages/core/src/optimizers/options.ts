import { AttributeError } from '@etalon/spec';
import type { LearningRate } from './optimizer.ts';

/**
 * Checks a constant learning rate.
 *
 * @throws {AttributeError} `OPTION_RANGE` unless it is a function, or finite and at least 0.
 */
export function requireLearningRate(where: string, learningRate: LearningRate): void {
  if (typeof learningRate !== 'function') requireAtLeastZero(where, 'learningRate', learningRate);
}

/** @throws {AttributeError} `OPTION_RANGE` unless an option is finite and at least 0. */
export function requireAtLeastZero(where: string, option: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw outOfRange(where, option, value, 'a number of at least 0');
}

/** @throws {AttributeError} `OPTION_RANGE` unless an option, which may be a fraction, is above 0. */
export function requireSteps(
  where: string,
  option: string,
  value: number,
  expected = 'a positive number of updates',
): void {
  if (Number.isFinite(value) && value > 0) return;
  throw outOfRange(where, option, value, expected);
}

/** @throws {AttributeError} `OPTION_RANGE` unless an option is the share of the past in an average. */
export function requireDecay(where: string, option: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw outOfRange(where, option, value, 'a number in [0, 1)');
}

/** Smallest positive normal float32: below it engines may take a number for 0. */
const smallestNormal = 2 ** -126;

/**
 * Checks the summand that keeps a denominator from 0.
 *
 * @throws {AttributeError} `OPTION_RANGE` unless it is a positive number in float32 too.
 */
export function requireEpsilon(where: string, value: number): void {
  if (Number.isFinite(value) && value >= smallestNormal) return;
  throw outOfRange(where, 'epsilon', value, 'a number of at least 2^-126, or about 1.2e-38');
}

/** Describes an option that is outside of its range. */
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

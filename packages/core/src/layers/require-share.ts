import { AttributeError } from '@etalon/spec';

/**
 * Checks a share of elements that training sets to 0.
 *
 * @throws {AttributeError} `OPTION_RANGE` when it is outside [0, 1).
 */
export function requireShare(where: string, option: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new AttributeError('OPTION_RANGE', `${where}: ${option} must be in [0, 1), got ${value}.`);
}

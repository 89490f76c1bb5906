import { AttributeError } from '@etalon/spec';

/**
 * Checks an option that counts something.
 *
 * @throws {AttributeError} when it is not an integer of at least 1.
 */
export function requireCount(where: string, option: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new AttributeError(
    'OPTION_COUNT',
    `${where}: ${option} must be an integer of at least 1, got ${value}.`,
  );
}

import { DatasetError } from '../errors.ts';

/** Throws `INVALID_OPTION` unless `value` is an integer from `least` to `most`. */
export function checkInteger(
  where: string,
  option: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new DatasetError('INVALID_OPTION', [
      `${where}: ${option} is out of range, got ${value}.`,
      most === Number.MAX_SAFE_INTEGER
        ? `Expected an integer, ${least} or larger.`
        : `Expected an integer from ${least} to ${most}.`,
    ]);
  }
}

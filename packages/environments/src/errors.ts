/** Every `code` an {@link EnvironmentError} can carry; codes are stable, message texts are not. */
export const environmentErrorCodes = [
  'INVALID_MAP',
  'INVALID_MASK',
  'INVALID_PROBABILITIES',
  'INVALID_RANGE',
  'INVALID_SEED',
  'INVALID_SOLVER_OPTION',
  'INVALID_SPACE',
  'NOTHING_TO_CHOOSE',
  'NOT_CONVERGED',
  'NOT_FLAT',
] as const;

/** One of {@link environmentErrorCodes}. */
export type EnvironmentErrorCode = (typeof environmentErrorCodes)[number];

/**
 * Reports a bad argument met by this package.
 *
 * The message has the form `where: what is wrong, got X.`, followed by `Expected …` and `Fix: …` lines where they help. Branch on `code`.
 */
export class EnvironmentError extends Error {
  /** Always `'EnvironmentError'`. */
  override readonly name: 'EnvironmentError' = 'EnvironmentError';

  /** The stable identifier of the case. */
  readonly code: EnvironmentErrorCode;

  /** Marks errors of this project; see {@link EnvironmentError.isInstance}. */
  readonly '~etalon.error': true = true;

  /**
   * Creates an error.
   *
   * @param code - the case
   * @param lines - the message, one line each
   */
  constructor(code: EnvironmentErrorCode, lines: readonly string[]) {
    super(lines.join('\n'));
    this.code = code;
  }

  /**
   * Returns whether `value` is an `EnvironmentError`, also one made by another installed copy of this package (where `instanceof` is
   * false).
   */
  static isInstance(value: unknown): value is EnvironmentError {
    return (
      typeof value === 'object' &&
      value !== null &&
      '~etalon.error' in value &&
      value['~etalon.error'] === true &&
      'name' in value &&
      value.name === 'EnvironmentError'
    );
  }
}

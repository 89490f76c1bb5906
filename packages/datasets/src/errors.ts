/** Every `code` a {@link DatasetError} can carry; codes are stable, message texts are not. */
export const datasetErrorCodes = [
  'EXAMPLE_OUT_OF_RANGE',
  'FASHION_MNIST_FORMAT',
  'FIELDS_DIFFER',
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE',
  'GZIP_CORRUPT',
  'IDX_BAD_MAGIC',
  'IDX_GZIP',
  'IDX_NO_DIMENSIONS',
  'IDX_OVERSIZED',
  'IDX_TRUNCATED',
  'IDX_UNKNOWN_TYPE',
  'IDX_UNWRITABLE',
  'ID_OUT_OF_RANGE',
  'INVALID_OPTION',
  'INVALID_TENSOR',
  'IRIS_FORMAT',
  'JSON_CORRUPT',
  'LABEL_OUT_OF_RANGE',
  'MAP_RESULT_MISMATCH',
  'MISSING_PACKAGE',
  'MNIST_FORMAT',
  'NO_FIELDS',
  'SIZES_DIFFER',
  'UNKNOWN_CHARACTER',
  'UNKNOWN_FIELD',
  'UNSUPPORTED_DTYPE',
] as const;

/** One of {@link datasetErrorCodes}. */
export type DatasetErrorCode = (typeof datasetErrorCodes)[number];

/** What accompanies a {@link DatasetError}. */
export interface DatasetErrorOptions {
  /** The failure that led to this one. */
  readonly cause?: unknown;
  /** Data about the case, for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Reports bad data or a bad argument met by this package.
 *
 * The message has the form `where: what is wrong, got X.`, followed by `Expected …` and `Fix: …` lines
 * where they help. Branch on `code`.
 */
export class DatasetError extends Error {
  /** Always `'DatasetError'`. */
  override readonly name: 'DatasetError' = 'DatasetError';

  /** The stable identifier of the case. */
  readonly code: DatasetErrorCode;

  /** Data about the case, for programs; empty where the code says everything. */
  readonly details: Readonly<Record<string, unknown>>;

  /** Marks errors of this project; see {@link DatasetError.isInstance}. */
  readonly '~etalon.error': true = true;

  /**
   * Creates an error.
   *
   * @param code - the case
   * @param lines - the message, one line each
   * @param options - cause and details, where there are any
   */
  constructor(
    code: DatasetErrorCode,
    lines: string | readonly string[],
    options: DatasetErrorOptions = {},
  ) {
    super(
      typeof lines === 'string' ? lines : lines.join('\n'),
      'cause' in options ? { cause: options.cause } : undefined,
    );
    this.code = code;
    this.details = options.details ?? {};
  }

  /**
   * Returns whether `value` is a `DatasetError`, also one made by another installed copy of this
   * package (where `instanceof` is false).
   */
  static isInstance(value: unknown): value is DatasetError {
    return (
      typeof value === 'object' &&
      value !== null &&
      '~etalon.error' in value &&
      value['~etalon.error'] === true &&
      'name' in value &&
      value.name === 'DatasetError'
    );
  }
}

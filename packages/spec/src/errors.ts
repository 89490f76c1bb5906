/** Data that accompanies an error, for programs; the message is for people. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** Options of every error class. */
export interface EtalonErrorOptions {
  /** The failure that led to this one. */
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

/**
 * Base of all errors that Etalon throws.
 *
 * `code` is stable and names the case; `message` is text for people and may change.
 */
export class EtalonError extends Error {
  /** Brand that survives two installed copies of this package. */
  readonly '~etalon.error': true = true;
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, options: EtalonErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }

  /**
   * Tells whether a value is an error of this class, also when another copy of the package made it:
   * `EtalonError.isInstance` for all of them, `ShapeError.isInstance` for one family.
   */
  static isInstance<C extends typeof EtalonError>(
    this: C,
    value: unknown,
  ): value is InstanceType<C> {
    // biome-ignore lint/complexity/noThisInStatic: a family inherits the method and asks for itself.
    const { name } = this;
    if (typeof value !== 'object' || value === null || !('~etalon.error' in value)) return false;
    return name === EtalonError.name || ('name' in value && value.name === name);
  }
}

/** Shapes that do not fit. */
export class ShapeError extends EtalonError {}

/** Element types that do not fit. */
export class DTypeError extends EtalonError {}

/** Option or attribute outside its range. */
export class AttributeError extends EtalonError {}

/** Program that breaks an invariant, or tensors mixed between traces. */
export class ProgramError extends EtalonError {}

/** Gradient that does not exist. */
export class GradientError extends EtalonError {}

/** Operator that a backend lacks and that does not decompose. */
export class UnsupportedOperatorError extends EtalonError {}

/** Failure of an engine, wrapped with its `cause`, or of its set-up. */
export class BackendError extends EtalonError {}

/** Contract version that this copy does not read. */
export class SpecificationVersionError extends EtalonError {}

/** Use of something that was disposed or consumed. */
export class DisposedError extends EtalonError {}

/** Bytes or JSON that cannot be read or written. */
export class SerializationError extends EtalonError {}

/** Data that does not fit a program: a missing input, a label out of range. */
export class DataError extends EtalonError {}

/** Training that cannot go on: a loss that is not a number, an aborted run. */
export class TrainingError extends EtalonError {}

/** Broken internal invariant: a bug in Etalon. */
export class InternalError extends EtalonError {}

import {
  AttributeError,
  BackendError,
  DataError,
  DisposedError,
  DTypeError,
  EtalonError,
  GradientError,
  InternalError,
  ProgramError,
  SerializationError,
  ShapeError,
  SpecificationVersionError,
  TrainingError,
  UnsupportedOperatorError,
} from '@etalon/spec';
import { plainData } from './plain-data.ts';

/** Something thrown, as plain data: an error of Etalon's, any other error, or another value. */
export type SentError =
  | {
      readonly kind: 'etalon' | 'error';
      readonly name: string;
      readonly message: string;
      readonly stack?: string;
      readonly code?: string;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly cause?: SentError;
    }
  | { readonly kind: 'value'; readonly value: unknown };

const families: readonly (typeof EtalonError)[] = [
  AttributeError,
  BackendError,
  DataError,
  DisposedError,
  DTypeError,
  GradientError,
  InternalError,
  ProgramError,
  SerializationError,
  ShapeError,
  SpecificationVersionError,
  TrainingError,
  UnsupportedOperatorError,
];
const familyOf = new Map(families.map((family) => [family.name, family]));

const builtIn = new Map<string, ErrorConstructor>(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((one) => [
    one.name,
    one,
  ]),
);

/** Causes beyond this depth stay behind: a chain may be a circle. */
const maximumCauses = 16;

/** Takes a thrown value apart, with its causes. */
export function packError(thrown: unknown, depth = 0): SentError {
  if (!(thrown instanceof Error) && !EtalonError.isInstance(thrown)) {
    return { kind: 'value', value: plainData(thrown) };
  }
  const { name, message, stack } = thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  const withCause = 'cause' in thrown && depth < maximumCauses;
  const isEtalon = EtalonError.isInstance(thrown);
  return {
    kind: isEtalon ? 'etalon' : 'error',
    name,
    message,
    ...(stack !== undefined && { stack }),
    ...(code !== undefined && { code }),
    ...(isEtalon && { details: plainData(thrown.details) as Readonly<Record<string, unknown>> }),
    ...(withCause && { cause: packError(thrown.cause, depth + 1) }),
  };
}

/**
 * Puts a thrown value together again: errors of Etalon's in their classes, built-in errors in theirs, other errors as `Error` with
 * their name. Stacks are the worker's.
 */
export function unpackError(sent: SentError): unknown {
  if (sent.kind === 'value') return sent.value;
  const { kind, name, message, stack, code, details } = sent;
  const options = sent.cause === undefined ? {} : { cause: unpackError(sent.cause) };
  const error =
    kind === 'etalon'
      ? new (familyOf.get(name) ?? EtalonError)(code ?? '', message, {
          ...options,
          ...(details !== undefined && { details }),
        })
      : new (builtIn.get(name) ?? Error)(message, options);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  if (kind === 'error' && code !== undefined) Object.assign(error, { code });
  return error;
}

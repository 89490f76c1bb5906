import type { EtalonErrorOptions } from '@etalon/spec';
import { EtalonError } from '@etalon/spec';

const placed = new WeakSet<EtalonError>();

/**
 * Returns an error with the path of the node it arose at before its message, and the same class, code and
 * details. An error that has its path already, and anything else that was thrown, comes back as it is.
 *
 * A new error, since the stack of the old one quotes the message as it was.
 */
export function atPath(error: unknown, path: string): unknown {
  if (!EtalonError.isInstance(error) || placed.has(error)) return error;
  const { code, details } = error;
  const options: EtalonErrorOptions =
    error.cause === undefined ? { details } : { details, cause: error.cause };
  const moved = new (error.constructor as typeof EtalonError)(
    code,
    `${path}: ${error.message}`,
    options,
  );
  placed.add(moved);
  return moved;
}

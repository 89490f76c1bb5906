import type { DType } from '@etalon/spec';
import { BackendError, DisposedError } from '@etalon/spec';
import type { PortEnd } from './port.ts';

/** What messages show of a tensor. */
interface Typed {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

function typeText({ dtype, shape }: Typed): string {
  return `${dtype}[${shape.join(', ')}]`;
}

/** The error of using a tensor after `dispose()`. */
export function tensorDisposed(where: string, tensor: Typed): DisposedError {
  return new DisposedError(
    'TENSOR_DISPOSED',
    `${where}: the tensor was disposed, got ${typeText(tensor)} after \`dispose()\`.\nFix: dispose a tensor after its last use.`,
  );
}

/** The error of using a tensor that an aliased input has taken. */
export function tensorConsumed(where: string, tensor: Typed): DisposedError {
  return new DisposedError(
    'TENSOR_CONSUMED',
    `${where}: the tensor was consumed by an earlier run, got ${typeText(tensor)}.\nAn aliased input's memory goes to the run's outputs.\nFix: use the output that took its place, or \`read()\` the tensor before that run.`,
  );
}

/** The error of calling an executable after `dispose()`. */
export function executableDisposed(where: string): DisposedError {
  return new DisposedError(
    'EXECUTABLE_DISPOSED',
    `${where}: the executable was disposed, got a later call.\nFix: dispose it after its last run, or compile the program again.`,
  );
}

/** The error of calling a backend, or anything of it, after `dispose()`. */
export function backendDisposed(where: string, backend: string): DisposedError {
  return new DisposedError(
    'BACKEND_DISPOSED',
    `${where}: backend "${backend}" was disposed, got a later call.\nFix: dispose the backend last, or create another.`,
  );
}

/** The error of passing a tensor of one backend to another. */
export function foreignTensor(where: string, backend: string): BackendError {
  return new BackendError(
    'BACKEND_FOREIGN_TENSOR',
    `${where}: the tensor belongs to another backend, got one that "${backend}" did not make.\nFix: pass \`await tensor.read()\`.`,
  );
}

/** The error of calls whose worker has ended; `isStarting`: before there was a backend. */
export function workerDied(
  where: string,
  { what, cause }: PortEnd,
  isStarting = false,
): BackendError {
  const fix = isStarting
    ? "Fix: mend what ended it; the worker's module must load by itself, in Node without flags."
    : 'Its tensors are lost.\nFix: create the backend again, and load the state from a checkpoint; if memory ran out, with a smaller batch.';
  return new BackendError(
    'BACKEND_WORKER_DIED',
    `${where}: the worker that ran the backend has ended, got ${what}.\n${fix}`,
    cause === undefined ? {} : { cause },
  );
}

import { didYouMean, listNames } from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';

/** How far ONNX Runtime rewrites a graph when it loads it. */
export type GraphOptimization = 'disabled' | 'basic' | 'extended' | 'all';

/** All levels of {@link GraphOptimization}. */
export const graphOptimizations: readonly GraphOptimization[] = [
  'disabled',
  'basic',
  'extended',
  'all',
];

/**
 * Checks an option of `createOnnxRuntimeBackend` against its values.
 *
 * @throws {AttributeError} for any other value.
 */
export function assertOneOf(
  option: string,
  code: 'DEVICE_UNKNOWN' | 'EXECUTION_UNKNOWN' | 'GRAPH_OPTIMIZATION_UNKNOWN',
  value: unknown,
  allowed: readonly string[],
): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  const near = typeof value === 'string' ? didYouMean(value, allowed) : '';
  throw new AttributeError(
    code,
    `createOnnxRuntimeBackend › ${option}: the value is not known, got ${JSON.stringify(value)}.${near}\nExpected one of: ${listNames(allowed)}.`,
  );
}

/**
 * Checks the option `threads`.
 *
 * @param limit - largest count.
 * @param bound - what the limit is.
 * @throws {AttributeError} for anything but an integer from 1 to the limit.
 */
export function assertThreads(threads: number, limit: number, bound: string): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= limit) return;
  throw new AttributeError(
    'THREADS_OUT_OF_RANGE',
    `createOnnxRuntimeBackend › threads: a count from 1 to ${bound} is needed, got ${String(threads)}.\nExpected 1 … ${limit}.`,
  );
}

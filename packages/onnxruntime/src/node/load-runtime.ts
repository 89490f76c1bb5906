import { BackendError } from '@etalon/spec';
import type { OnnxRuntime } from '../runtime.ts';

/** Imports the package; a parameter so that tests can let it fail. */
export type ImportRuntime = () => Promise<unknown>;

/**
 * Loads `onnxruntime-node`, an optional peer.
 *
 * @throws {BackendError} (rejects) when it is not installed, or has no binary for this machine.
 */
export async function loadRuntime(
  importRuntime: ImportRuntime = () => import('onnxruntime-node'),
): Promise<OnnxRuntime> {
  const module = await importRuntime().catch((cause: unknown) => {
    throw isMissing(cause) ? missing(cause) : broken(cause);
  });
  const runtime = asRuntime(module);
  if (runtime !== undefined) return runtime;
  throw new BackendError(
    'BACKEND_RUNTIME_INCOMPATIBLE',
    'onnxruntime: the module "onnxruntime-node" is not the one that is known, got no InferenceSession, Tensor and listSupportedBackends.\nFix: install the version that @etalon/onnxruntime names as its peer.',
  );
}

// A CommonJS module: its names are found on `default` whatever the loader detects as exports.
function asRuntime(module: unknown): OnnxRuntime | undefined {
  if (isRuntime(module)) return module;
  if (typeof module !== 'object' || module === null || !('default' in module)) return undefined;
  return isRuntime(module.default) ? module.default : undefined;
}

function isRuntime(value: unknown): value is OnnxRuntime {
  return (
    typeof value === 'object' &&
    value !== null &&
    'InferenceSession' in value &&
    'Tensor' in value &&
    'listSupportedBackends' in value
  );
}

function isMissing(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  const absent = cause.code === 'ERR_MODULE_NOT_FOUND' || cause.code === 'MODULE_NOT_FOUND';
  // Another module that is absent means a broken installation, not an absent one.
  return absent && /['"]onnxruntime-node['"]/.test(cause.message);
}

function missing(cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_RUNTIME_MISSING',
    'onnxruntime: the package "onnxruntime-node" is needed, got none.\nFix: npm install onnxruntime-node --ignore-scripts\nThe CPU and WebGPU binaries are inside the package; its install script only downloads CUDA files.',
    { cause },
  );
}

function broken(cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_RUNTIME_BROKEN',
    `onnxruntime: the package "onnxruntime-node" cannot be loaded on ${process.platform}-${process.arch}, got ${JSON.stringify(String(cause).split('\n', 1)[0])}.\nFix: install it again on this machine; its binaries exist for linux, darwin and win32.`,
    { cause },
  );
}

import { BackendError } from '@etalon/spec';
import type { OnnxRuntime } from './runtime.ts';

/** Imports a package; a parameter so that tests can let it fail. */
export type ImportRuntime = () => Promise<unknown>;

/** An optional peer: a build of the engine for JavaScript. */
export interface RuntimePackage {
  readonly name: string;
  /** Names that its module must have. */
  readonly members: readonly string[];
  /** What to do when it is not installed, and why that is enough. */
  readonly install: string;
  /** Where it cannot be loaded, for the message: `on linux-x64`. */
  readonly place: string;
  /** What to do when it is installed and cannot be loaded. */
  readonly repair: string;
}

/**
 * Loads a build of the engine.
 *
 * @throws {BackendError} (rejects) when it is not installed, cannot be loaded, or is another module than expected.
 */
export async function importRuntime<R extends OnnxRuntime>(
  peer: RuntimePackage,
  load: ImportRuntime,
): Promise<R> {
  const module = await load().catch((cause: unknown) => {
    throw isMissing(peer, cause) ? missing(peer, cause) : broken(peer, cause);
  });
  // A CommonJS module: its names are found on `default` whatever the loader detects as exports.
  for (const candidate of [module, defaultOf(module)]) {
    if (hasMembers<R>(peer, candidate)) return candidate;
  }
  throw new BackendError(
    'BACKEND_RUNTIME_INCOMPATIBLE',
    `onnxruntime: the module "${peer.name}" is not the one that is known, got no ${peer.members.join(', ')}.\nFix: install the version that @etalon/onnxruntime names as its peer.`,
  );
}

function defaultOf(module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module
    ? module.default
    : undefined;
}

function hasMembers<R>({ members }: RuntimePackage, value: unknown): value is R {
  return typeof value === 'object' && value !== null && members.every((name) => name in value);
}

// Another module that is absent means a broken installation, not an absent one.
function isMissing({ name }: RuntimePackage, cause: unknown): boolean {
  if (!(cause instanceof Error) || !names(name, cause.message)) return false;
  const code = 'code' in cause ? cause.code : undefined;
  // Node; a browser without a bundler; Vite, whose bundles throw where an optional peer was absent.
  return (
    code === 'ERR_MODULE_NOT_FOUND' ||
    code === 'MODULE_NOT_FOUND' ||
    /Failed to resolve module specifier|Could not resolve/.test(cause.message)
  );
}

/** Tells whether a message quotes a package or one of its entries. */
function names(name: string, message: string): boolean {
  return message.split(/['"`]/).some((part) => part === name || part.startsWith(`${name}/`));
}

function missing({ name, install }: RuntimePackage, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_RUNTIME_MISSING',
    `onnxruntime: the package "${name}" is needed, got none.\nFix: ${install}`,
    { cause },
  );
}

function broken({ name, place, repair }: RuntimePackage, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_RUNTIME_BROKEN',
    `onnxruntime: the package "${name}" cannot be loaded ${place}, got ${JSON.stringify(String(cause).split('\n', 1)[0])}.\nFix: ${repair}`,
    { cause },
  );
}

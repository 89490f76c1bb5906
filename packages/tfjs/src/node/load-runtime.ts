import { BackendError } from '@etalon/spec';
import type { TfjsEngineName } from '../engines/engine.ts';
import type { TfjsCore, TfjsCpuModule, TfjsRuntime, TfjsWasmModule } from '../runtime.ts';

/** Imports one of the packages; a parameter so that tests can let it fail. */
export type ImportPackage = (name: PackageName) => Promise<unknown>;

/** Packages of TensorFlow.js that are imported. */
export type PackageName =
  | '@tensorflow/tfjs-core'
  | '@tensorflow/tfjs-backend-cpu'
  | '@tensorflow/tfjs-backend-wasm';

/** The version whose kernels are known: names and attributes of kernels are no stable interface. */
const VERSION = '4.22.0';

const imports: Readonly<Record<PackageName, () => Promise<unknown>>> = {
  '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
  '@tensorflow/tfjs-backend-cpu': () => import('@tensorflow/tfjs-backend-cpu'),
  '@tensorflow/tfjs-backend-wasm': () => import('@tensorflow/tfjs-backend-wasm'),
};

/**
 * Loads the packages of TensorFlow.js that an engine is made of, all optional peers.
 *
 * @throws {BackendError} (rejects) when one is not installed, cannot be loaded, or has another version.
 */
export async function loadRuntime(
  engine: TfjsEngineName,
  importPackage: ImportPackage = (name) => imports[name](),
): Promise<TfjsRuntime> {
  const core = await load<TfjsCore>(importPackage, '@tensorflow/tfjs-core', 'version_core', [
    'getKernel',
    'setBackend',
    'getBackend',
    'findBackend',
  ]);
  if (engine === 'cpu') {
    const cpu = await load<TfjsCpuModule>(
      importPackage,
      '@tensorflow/tfjs-backend-cpu',
      'version_cpu',
      ['MathBackendCPU'],
    );
    return { core, cpu };
  }
  const wasm = await load<TfjsWasmModule>(
    importPackage,
    '@tensorflow/tfjs-backend-wasm',
    'version_wasm',
    [],
  );
  return { core, wasm };
}

async function load<T>(
  importPackage: ImportPackage,
  name: PackageName,
  versionName: string,
  needed: readonly string[],
): Promise<T> {
  const module = await importPackage(name).catch((cause: unknown) => {
    throw isMissing(cause) ? missing(name, cause) : broken(name, cause);
  });
  // CommonJS modules in Node: what the loader does not detect as exports is on `default`.
  const found = [module, Object(module).default].find(
    (candidate) => typeof Object(candidate)[versionName] === 'string',
  );
  const names = Object(found);
  const version: unknown = names[versionName];
  if (version === VERSION && needed.every((member) => member in names)) return found as T;
  throw new BackendError(
    'BACKEND_RUNTIME_INCOMPATIBLE',
    `tfjs: version ${VERSION} of "${name}" is needed, got ${JSON.stringify(version ?? 'another module')}.\nFix: npm install ${name}@${VERSION}`,
  );
}

function isMissing(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  const absent = cause.code === 'ERR_MODULE_NOT_FOUND' || cause.code === 'MODULE_NOT_FOUND';
  // Another module that is absent means a broken installation, not an absent one.
  return absent && /['"]@tensorflow\/tfjs-/.test(cause.message);
}

function missing(name: PackageName, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_RUNTIME_MISSING',
    `tfjs: the package "${name}" is needed, got none.\nFix: npm install ${Object.keys(imports)
      .map((each) => `${each}@${VERSION}`)
      .join(' ')}`,
    { cause },
  );
}

function broken(name: PackageName, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_RUNTIME_BROKEN',
    `tfjs: the package "${name}" cannot be loaded, got ${JSON.stringify(String(cause).split('\n', 1)[0])}.\nFix: install it again.`,
    { cause },
  );
}

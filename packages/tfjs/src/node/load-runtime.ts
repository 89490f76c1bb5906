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
  const packages = ['@tensorflow/tfjs-core', `@tensorflow/tfjs-backend-${engine}`] as const;
  const load = <T>(name: PackageName, version: string, needed: readonly string[]) =>
    loadPackage<T>({ name, version, needed, importPackage, packages });
  const core = await load<TfjsCore>(packages[0], 'version_core', [
    'getKernel',
    'setBackend',
    'getBackend',
    'findBackend',
  ]);
  return engine === 'cpu'
    ? { core, cpu: await load<TfjsCpuModule>(packages[1], 'version_cpu', ['MathBackendCPU']) }
    : { core, wasm: await load<TfjsWasmModule>(packages[1], 'version_wasm', []) };
}

interface PackageRequest {
  readonly name: PackageName;
  /** Export that holds the version. */
  readonly version: string;
  /** Other exports that are used. */
  readonly needed: readonly string[];
  readonly importPackage: ImportPackage;
  /** All that the engine needs, to name in messages. */
  readonly packages: readonly PackageName[];
}

async function loadPackage<T>(request: PackageRequest): Promise<T> {
  const { name, version: versionName, needed, importPackage, packages } = request;
  const module = await importPackage(name).catch((cause: unknown) => {
    throw isMissing(cause) ? missing(name, packages, cause) : broken(name, cause);
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

function missing(
  name: PackageName,
  packages: readonly PackageName[],
  cause: unknown,
): BackendError {
  const install = packages.map((each) => `${each}@${VERSION}`).join(' ');
  return new BackendError(
    'BACKEND_RUNTIME_MISSING',
    `tfjs: the package "${name}" is needed, got none.\nFix: npm install ${install}`,
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

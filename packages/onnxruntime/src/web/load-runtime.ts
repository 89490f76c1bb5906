import type { ImportRuntime } from '../import-runtime.ts';
import { importRuntime } from '../import-runtime.ts';
import type { OnnxWebRuntime } from '../runtime.ts';

/** The ways to import the package. */
export interface WebImports {
  /** For one thread. */
  readonly single: ImportRuntime;
  /** For several threads. */
  readonly several: ImportRuntime;
}

/**
 * In a browser both are one module. In Node they are two, and each has an engine and a thread count of its own: the entry `/wasm`
 * is built for browsers and runs in Node as long as it starts no threads; the entry for Node starts them.
 */
const webImports: WebImports = {
  single: () => import('onnxruntime-web/wasm'),
  // The condition "node" in `imports` of package.json. The package declares its types under its own name alone.
  // @ts-expect-error
  several: () => import('#onnxruntime-web'),
};

/**
 * Loads `onnxruntime-web`, an optional peer. The engine itself, a `.wasm` file, is loaded by the first session.
 *
 * @throws {BackendError} (rejects) when it is not installed or cannot be loaded.
 */
export function loadRuntime(
  threads: number,
  { single, several }: WebImports = webImports,
): Promise<OnnxWebRuntime> {
  return importRuntime<OnnxWebRuntime>(
    {
      name: 'onnxruntime-web',
      members: ['InferenceSession', 'Tensor', 'env'],
      install: 'npm install onnxruntime-web',
      place: 'here',
      repair: 'install the version that @etalon/onnxruntime names as its peer.',
    },
    threads === 1 ? single : several,
  );
}

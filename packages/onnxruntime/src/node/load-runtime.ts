import type { ImportRuntime } from '../import-runtime.ts';
import { importRuntime } from '../import-runtime.ts';
import type { OnnxNodeRuntime } from '../runtime.ts';

/**
 * Loads `onnxruntime-node`, an optional peer.
 *
 * @throws {BackendError} (rejects) when it is not installed, or has no binary for this machine.
 */
export function loadRuntime(
  load: ImportRuntime = () => import('onnxruntime-node'),
): Promise<OnnxNodeRuntime> {
  return importRuntime<OnnxNodeRuntime>(
    {
      name: 'onnxruntime-node',
      members: ['InferenceSession', 'Tensor', 'listSupportedBackends'],
      install:
        'npm install onnxruntime-node --ignore-scripts\nThe CPU and WebGPU binaries are inside the package; its install script only downloads CUDA files.',
      place: `on ${process.platform}-${process.arch}`,
      repair: 'install it again on this machine; its binaries exist for linux, darwin and win32.',
    },
    load,
  );
}

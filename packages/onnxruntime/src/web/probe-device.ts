import { BackendError } from '@etalon/spec';
import { firstLine } from '../first-line.ts';
import { runProbe } from '../probe.ts';
import type { OnnxOutput, OnnxRuntime, OnnxSessionOptions } from '../runtime.ts';
import type { OnnxWebDevice } from './devices.ts';

/**
 * Starts the engine, where it has not been, and runs one node on a device.
 *
 * @throws {BackendError} (rejects) when the engine does not start, or returns something else than the result.
 */
export async function probeDevice(
  runtime: OnnxRuntime,
  device: OnnxWebDevice,
  options: OnnxSessionOptions,
): Promise<void> {
  const returned = await run(runtime, device, options);
  const data = returned?.data;
  if (data instanceof Float32Array && data.length === 1 && data[0] === -1) return;
  throw new BackendError(
    'BACKEND_RUNTIME_INCOMPATIBLE',
    `createOnnxRuntimeBackend: the runtime must return outputs, got ${String(data)} for -1.\nFix: use the version of onnxruntime-web that @etalon/onnxruntime names as its peer.`,
  );
}

async function run(
  runtime: OnnxRuntime,
  device: OnnxWebDevice,
  options: OnnxSessionOptions,
): Promise<OnnxOutput | undefined> {
  try {
    return await runProbe(runtime, options);
  } catch (cause) {
    throw unavailable(device, cause);
  }
}

const remedies: Readonly<Record<OnnxWebDevice, string>> = {
  wasm: 'serve ort-wasm-simd-threaded.mjs and .wasm of onnxruntime-web, and tell where they are with the option `wasmPaths`. An engine that failed to start stays broken: load the page, or start the process, again.',
};

function unavailable(device: OnnxWebDevice, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_DEVICE_UNAVAILABLE',
    `createOnnxRuntimeBackend: device "${device}" cannot be used here, got ${JSON.stringify(firstLine(cause))}.\nFix: ${remedies[device]}`,
    { cause, details: { device } },
  );
}

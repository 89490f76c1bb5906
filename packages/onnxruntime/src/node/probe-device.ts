import { BackendError } from '@etalon/spec';
import { listNames } from '../closest-name.ts';
import { firstLine } from '../first-line.ts';
import { runProbe } from '../probe.ts';
import type { OnnxNodeRuntime, OnnxSessionOptions } from '../runtime.ts';
import type { OnnxNodeDevice } from './devices.ts';

/**
 * Runs one node on a device.
 *
 * @throws {BackendError} (rejects) when the runtime does not know the device, cannot start it, or does not
 *   write to the outputs it is given, which every later run relies on.
 */
export async function probeDevice(
  runtime: OnnxNodeRuntime,
  device: OnnxNodeDevice,
  options: OnnxSessionOptions,
): Promise<void> {
  const known = runtime.listSupportedBackends();
  const provider = known.find(({ name }) => name === device);
  const found = listNames(
    known.map(({ name, bundled }) => (bundled ? name : `${name} (not bundled)`)),
  );
  if (provider === undefined) throw unavailable(device, `a build with ${found}`);
  const written = new Float32Array(1);
  try {
    await runProbe(runtime, options, written);
  } catch (cause) {
    throw unavailable(
      device,
      `a build with ${found}, and ${JSON.stringify(firstLine(cause))}`,
      cause,
    );
  }
  if (written[0] === -1) return;
  throw new BackendError(
    'BACKEND_RUNTIME_INCOMPATIBLE',
    `createOnnxRuntimeBackend: the runtime must write to pre-allocated outputs, got ${written[0]} for -1.\nFix: use the version of onnxruntime-node that @etalon/onnxruntime names as its peer.`,
  );
}

const remedies: Readonly<Record<OnnxNodeDevice, string>> = {
  cpu: 'install onnxruntime-node again on this machine.',
  cuda: "let onnxruntime-node's install script run (linux x64), which downloads the CUDA provider, and install CUDA and cuDNN.",
  webgpu: 'install a driver for Vulkan, Direct3D 12 or Metal.',
};

function unavailable(device: OnnxNodeDevice, found: string, cause?: unknown): BackendError {
  return new BackendError(
    'BACKEND_DEVICE_UNAVAILABLE',
    `createOnnxRuntimeBackend: device "${device}" cannot be used here, got ${found}.\nFix: ${remedies[device]}`,
    { ...(cause === undefined ? {} : { cause }), details: { device } },
  );
}

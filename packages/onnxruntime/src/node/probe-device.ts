import { listNames } from '@etalon/compiler';
import type { OnnxNames } from '@etalon/onnx';
import { encodeOnnx, onnxNames } from '@etalon/onnx';
import type { ProgramV1 } from '@etalon/spec';
import { BackendError } from '@etalon/spec';
import { firstLine } from '../first-line.ts';
import type { OnnxRuntimeDevice } from '../manifest.ts';
import type { OnnxRuntime, OnnxSessionOptions } from '../runtime.ts';

const program: ProgramV1 = {
  specificationVersion: 'v1',
  name: 'probe',
  values: [
    { dtype: 'float32', shape: [1] },
    { dtype: 'float32', shape: [1] },
  ],
  inputs: [{ name: 'x', value: 0 }],
  constants: [],
  nodes: [{ operator: 'neg', inputs: [0], outputs: [1], attributes: {}, path: 'neg' }],
  outputs: [{ name: 'y', value: 1 }],
};

/**
 * Runs one node on a device.
 *
 * @throws {BackendError} (rejects) when the runtime does not know the device, cannot start it, or does not
 *   write to the outputs it is given, which every later run relies on.
 */
export async function probeDevice(
  runtime: OnnxRuntime,
  device: OnnxRuntimeDevice,
  options: OnnxSessionOptions,
): Promise<void> {
  const known = runtime.listSupportedBackends();
  const provider = known.find(({ name }) => name === device);
  const found = listNames(
    known.map(({ name, bundled }) => (bundled ? name : `${name} (not bundled)`)),
  );
  if (provider === undefined) throw unavailable(device, `a build with ${found}`);
  const model = encodeOnnx(program);
  const names = onnxNames(program);
  const written = new Float32Array(1);
  try {
    await run(runtime, options, { model, names, written });
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

interface Probe {
  readonly model: Uint8Array;
  readonly names: OnnxNames;
  /** Receives the output. */
  readonly written: Float32Array;
}

async function run(
  runtime: OnnxRuntime,
  options: OnnxSessionOptions,
  { model, names, written }: Probe,
): Promise<void> {
  const session = await runtime.InferenceSession.create(model, options);
  try {
    const x = new runtime.Tensor('float32', Float32Array.of(1), [1]);
    const y = new runtime.Tensor('float32', written, [1]);
    await session.run({ [names.inputs.x ?? 'x']: x }, { [names.outputs.y ?? 'y']: y });
  } finally {
    await session.release();
  }
}

const remedies: Readonly<Record<OnnxRuntimeDevice, string>> = {
  cpu: 'install onnxruntime-node again on this machine.',
  cuda: "let onnxruntime-node's install script run (linux x64), which downloads the CUDA provider, and install CUDA and cuDNN.",
  webgpu: 'install a driver for Vulkan, Direct3D 12 or Metal.',
};

function unavailable(device: OnnxRuntimeDevice, found: string, cause?: unknown): BackendError {
  return new BackendError(
    'BACKEND_DEVICE_UNAVAILABLE',
    `createOnnxRuntimeBackend: device "${device}" cannot be used here, got ${found}.\nFix: ${remedies[device]}`,
    { ...(cause === undefined ? {} : { cause }), details: { device } },
  );
}

import { availableParallelism } from 'node:os';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createBackend } from '../backend.ts';
import { onnxRuntimeManifest } from '../manifest.ts';
import type { GraphOptimization } from '../options.ts';
import { assertOneOf, assertThreads, graphOptimizations } from '../options.ts';
import { writtenOutputs } from '../output-memory.ts';
import type { OnnxNodeRuntime, OnnxSessionOptions } from '../runtime.ts';
import { declineTelemetry } from './decline-telemetry.ts';
import type { OnnxNodeDevice } from './devices.ts';
import { onnxNodeDevices } from './devices.ts';
import { loadRuntime } from './load-runtime.ts';
import { probeDevice } from './probe-device.ts';
import { traceKernels } from './trace-kernels.ts';

/** Options of {@link createOnnxRuntimeBackend}. */
export interface OnnxRuntimeOptions {
  /** Where to run; default `cpu`. */
  readonly device?: OnnxNodeDevice;
  /** CPU threads that one operator may use, from 1 to the number of cores; default all cores. */
  readonly threads?: number;
  /** How far ONNX Runtime rewrites the graph when it loads it; default `all`. */
  readonly graphOptimization?: GraphOptimization;
  /** The module `onnxruntime-node`, or one of the same interface; default: imported by name. */
  readonly runtime?: OnnxNodeRuntime;
}

/**
 * Creates the backend that runs and trains programs on ONNX Runtime, in Node.
 *
 * The device is tried with a program of one node before the promise resolves. Sessions are
 * sequential with one inter-operator thread; operators use `threads` threads, and the engine's memory arena and memory
 * patterns are on. The engine's own log is silent, since its failures
 * arrive as errors, and its telemetry is off unless the variable `ORT_DISABLE_TELEMETRY` says otherwise.
 *
 * @example
 * ```ts
 * const backend = await createOnnxRuntimeBackend({ threads: 2 });
 * const executable = await backend.compile(program);
 * const { logits } = await executable.run({ image });
 * console.log((await logits.read()).data);
 * await backend.dispose();
 * ```
 *
 * @throws {AttributeError} (rejects) for an option outside its values.
 * @throws {BackendError} (rejects) when `onnxruntime-node` is missing or the device is not available.
 */
export async function createOnnxRuntimeBackend(
  options: OnnxRuntimeOptions = {},
): Promise<OnnxRuntimeBackend> {
  const { device = 'cpu', graphOptimization = 'all' } = options;
  const cores = availableParallelism();
  const threads = options.threads ?? cores;
  assertOneOf('device', 'DEVICE_UNKNOWN', device, onnxNodeDevices);
  assertOneOf(
    'graphOptimization',
    'GRAPH_OPTIMIZATION_UNKNOWN',
    graphOptimization,
    graphOptimizations,
  );
  assertThreads(threads, cores, 'the number of cores');
  declineTelemetry(process.env);
  const runtime = options.runtime ?? (await loadRuntime());
  const sessionOptions: OnnxSessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: graphOptimization,
    enableCpuMemArena: true,
    enableMemPattern: true,
    // Fatal only: every failure is also thrown, and the backend wraps it.
    logSeverityLevel: 4,
  };
  await probeDevice(runtime, device, sessionOptions);
  const manifest = onnxRuntimeManifest(device, cores);
  return createBackend({
    runtime,
    device,
    threads,
    manifest,
    sessionOptions,
    outputs: writtenOutputs,
    traceKernels,
  });
}

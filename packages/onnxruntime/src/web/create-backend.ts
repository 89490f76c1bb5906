import type { OnnxRuntimeBackend } from '../backend.ts';
import { createBackend } from '../backend.ts';
import { onnxRuntimeManifest } from '../manifest.ts';
import type { GraphOptimization } from '../options.ts';
import { assertOneOf, assertThreads, graphOptimizations } from '../options.ts';
import { returnedOutputs } from '../output-memory.ts';
import type { OnnxSessionOptions, OnnxWasmPaths, OnnxWebRuntime } from '../runtime.ts';
import { adaptRuntime } from './adapt-runtime.ts';
import type { OnnxWebDevice } from './devices.ts';
import { onnxWebDevices } from './devices.ts';
import { listKernels } from './list-kernels.ts';
import { loadRuntime } from './load-runtime.ts';
import { probeDevice } from './probe-device.ts';
import { claimThreads, requireThreads, threadLimit, usualThreads } from './threads.ts';

/** Options of {@link createOnnxRuntimeBackend}. */
export interface OnnxRuntimeWebOptions {
  /** Where to run; default `wasm`. */
  readonly device?: OnnxWebDevice;
  /**
   * Threads that one operator may use. An instance of onnxruntime-web has one count, which its first session fixes. In a page and
   * in a worker that is one count; in Node, one thread and another count can be had beside each other. Default: the count
   * of the option `runtime` where that has one, else half of the cores that the platform tells, 4 at most, and 1 in a page
   * that is not cross-origin isolated and in Node 20, which tells none.
   */
  readonly threads?: number;
  /** How far ONNX Runtime rewrites the graph when it loads it; default `all`. */
  readonly graphOptimization?: GraphOptimization;
  /**
   * Where the engine's files are, when they are not beside the module: `env.wasm.wasmPaths` of onnxruntime-web. Has no effect
   * after the first session.
   */
  readonly wasmPaths?: OnnxWasmPaths;
  /** The module `onnxruntime-web` or `onnxruntime-web/wasm`, or one of the same interface; default: imported by name. */
  readonly runtime?: OnnxWebRuntime;
}

/**
 * Creates the backend that runs and trains programs on ONNX Runtime Web, in a browser or in Node.
 *
 * The device is tried with a program of one node before the promise resolves. Sessions are sequential, with the engine's memory
 * arena and memory patterns on and a silent log. Each run copies its inputs into the engine's heap and its
 * outputs out of it, device tensors too: step inside the program where state is large.
 *
 * @example
 * ```ts
 * const backend = await createOnnxRuntimeBackend({ device: 'wasm', threads: 2 });
 * const executable = await backend.compile(program);
 * const { logits } = await executable.run({ image });
 * console.log((await logits.read()).data);
 * await backend.dispose();
 * ```
 *
 * @throws {AttributeError} (rejects) for an option outside its values, and for a thread count that the engine cannot have any
 * more.
 * @throws {BackendError} (rejects) when `onnxruntime-web` is missing or its engine does not start.
 */
export async function createOnnxRuntimeBackend(
  options: OnnxRuntimeWebOptions = {},
): Promise<OnnxRuntimeBackend> {
  const { device = 'wasm', graphOptimization = 'all', wasmPaths } = options;
  const limit = threadLimit();
  const asked = options.threads ?? options.runtime?.env.wasm.numThreads ?? usualThreads();
  assertOneOf('device', 'DEVICE_UNKNOWN', device, onnxWebDevices);
  assertOneOf(
    'graphOptimization',
    'GRAPH_OPTIMIZATION_UNKNOWN',
    graphOptimization,
    graphOptimizations,
  );
  if (options.threads !== undefined) {
    assertThreads(options.threads, limit, 'what the platform allows');
  }
  const runtime = options.runtime ?? (await loadRuntime(asked));
  claimThreads(runtime, asked);
  if (wasmPaths !== undefined) runtime.env.wasm.wasmPaths = wasmPaths;
  const adapted = adaptRuntime(runtime);
  const sessionOptions: OnnxSessionOptions = {
    executionProviders: [device],
    executionMode: 'sequential',
    graphOptimizationLevel: graphOptimization,
    enableCpuMemArena: true,
    enableMemPattern: true,
    // Fatal only: every failure is also thrown, and the backend wraps it.
    logSeverityLevel: 4,
  };
  await probeDevice(adapted, device, sessionOptions);
  // The engine lowers the count to 1, with a warning, where it finds that it cannot start threads.
  const threads = requireThreads(runtime.env.wasm.numThreads ?? asked, asked);
  return createBackend({
    runtime: adapted,
    device,
    threads,
    manifest: onnxRuntimeManifest(device, limit),
    sessionOptions,
    outputs: returnedOutputs,
    traceKernels: listKernels,
  });
}

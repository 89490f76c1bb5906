import { availableParallelism } from 'node:os';
import { AttributeError } from '@etalon/spec';
import type { OnnxRuntimeBackend } from '../backend.ts';
import type { GraphOptimization } from '../options.ts';
import { assertOneOf, assertThreads, graphOptimizations } from '../options.ts';
import type { OnnxNodeRuntime } from '../runtime.ts';
import { declineTelemetry } from './decline-telemetry.ts';
import type { Execution } from './device-thread.ts';
import { executionOn, onOneThread } from './device-thread.ts';
import type { OnnxNodeDevice } from './devices.ts';
import { onnxNodeDevices } from './devices.ts';
import type { EngineSettings } from './inline-backend.ts';
import { createInlineBackend } from './inline-backend.ts';
import { createAutoBackend, createWorkerBackend } from './worker-backend.ts';

/** Options of {@link createOnnxRuntimeBackend}. */
export interface OnnxRuntimeOptions {
  /** Where to run; default `cpu`. */
  readonly device?: OnnxNodeDevice;
  /** CPU threads that one operator may use, from 1 to the number of cores; default all cores. */
  readonly threads?: number;
  /** How far ONNX Runtime rewrites the graph when it loads it; default `all`. */
  readonly graphOptimization?: GraphOptimization;
  /**
   * The thread of the engine; default `auto`. `inline`: the caller's, whose event loop stands still while a program runs.
   * `worker`: a thread of its own that also holds the tensors; the event loop stays free, and a call costs about 0.05 ms more.
   * `auto`: each program begins inline, and moves to the worker, with its tensors, when eight runs in a row take 2 ms or more, or the
   * first two 50 ms each; with `runtime`, where no worker can be started, and on `webgpu`, it stays inline. Results are equal bit for bit.
   * One thread of a process may use `webgpu`: all its backends inline, or one worker. Threads that you start yourself count too.
   */
  readonly execution?: 'auto' | 'inline' | 'worker';
  /** The module `onnxruntime-node`, or one of the same interface, for `inline` execution; default: imported by name. */
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
 * @throws {BackendError} (rejects) when `onnxruntime-node` is missing the device is not available, or another thread uses it and
 * it can serve only one.
 */
export async function createOnnxRuntimeBackend(
  options: OnnxRuntimeOptions = {},
): Promise<OnnxRuntimeBackend> {
  const { device = 'cpu', graphOptimization = 'all', execution = 'auto' } = options;
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
  assertOneOf('execution', 'EXECUTION_UNKNOWN', execution, executions);
  // Here and not in a worker, whose environment is a copy that the engine does not see.
  declineTelemetry(process.env);
  const settings = { device, threads, cores, graphOptimization };
  const possible = executionOn(device, execution);
  return onOneThread(device, possible, () => createIn(possible, settings, options.runtime));
}

function createIn(
  execution: Execution,
  settings: EngineSettings,
  runtime: OnnxNodeRuntime | undefined,
): Promise<OnnxRuntimeBackend> {
  if (execution === 'worker') {
    if (runtime !== undefined) throw runtimeInWorker();
    return createWorkerBackend(settings);
  }
  const staysInline = execution === 'inline' || runtime !== undefined;
  return staysInline ? createInlineBackend(settings, runtime) : createAutoBackend(settings);
}

const executions: readonly Execution[] = ['auto', 'inline', 'worker'];

function runtimeInWorker(): AttributeError {
  return new AttributeError(
    'EXECUTION_RUNTIME',
    'createOnnxRuntimeBackend › runtime: a module cannot be sent to a worker, got one with execution "worker".\nFix: leave `runtime` out, so that the worker imports "onnxruntime-node" by name; or choose execution "inline".',
  );
}

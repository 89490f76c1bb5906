import type { OnnxRuntimeBackend } from '../backend.ts';
import { createBackend } from '../backend.ts';
import { onnxRuntimeManifest } from '../manifest.ts';
import type { GraphOptimization } from '../options.ts';
import { writtenOutputs } from '../output-memory.ts';
import type { OnnxNodeRuntime, OnnxSessionOptions } from '../runtime.ts';
import type { OnnxNodeDevice } from './devices.ts';
import { loadRuntime } from './load-runtime.ts';
import { probeDevice } from './probe-device.ts';
import { traceKernels } from './trace-kernels.ts';

/** Checked options, as plain data: what a worker is given too, so that both make equal sessions. */
export interface EngineSettings {
  readonly device: OnnxNodeDevice;
  readonly threads: number;
  readonly cores: number;
  readonly graphOptimization: GraphOptimization;
}

/** Creates the backend in the thread that calls. */
export async function createInlineBackend(
  { device, threads, cores, graphOptimization }: EngineSettings,
  given?: OnnxNodeRuntime,
): Promise<OnnxRuntimeBackend> {
  const runtime = given ?? (await loadRuntime());
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

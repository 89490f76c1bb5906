import { BackendError } from '@etalon/spec';
import { startCpuEngine } from './engines/cpu.ts';
import type { Engine, TfjsEngineName } from './engines/engine.ts';
import { startWasmEngine } from './engines/wasm.ts';
import type { TfjsRuntime } from './runtime.ts';

/** How each engine starts, from the modules that it is made of. */
const starts: Readonly<
  Record<TfjsEngineName, (runtime: TfjsRuntime) => Promise<Engine> | undefined>
> = {
  cpu: ({ core, cpu }) => cpu && Promise.resolve(startCpuEngine(core, cpu)),
  wasm: ({ core, wasm }) => wasm && startWasmEngine(core),
};

/**
 * Starts an engine.
 *
 * @throws {BackendError} (rejects) when its module is missing, or it does not start.
 */
export async function startEngine(name: TfjsEngineName, runtime: TfjsRuntime): Promise<Engine> {
  const engine = starts[name](runtime);
  if (engine !== undefined) return engine;
  throw new BackendError(
    'BACKEND_RUNTIME_INCOMPATIBLE',
    `createTfjsBackend › runtime: engine "${name}" needs its module, got ${JSON.stringify(Object.keys(runtime))}.\nFix: pass { core, ${name}: await import('@tensorflow/tfjs-backend-${name}') }, or leave \`runtime\` out.`,
  );
}

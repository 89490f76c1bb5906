import { setImmediate } from 'node:timers/promises';
import { didYouMean, listNames } from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';
import type { TfjsBackend } from '../backend.ts';
import { createBackend } from '../backend.ts';
import type { TfjsEngineName } from '../engines/engine.ts';
import { tfjsEngines, tfjsManifest } from '../manifest.ts';
import type { TfjsRuntime } from '../runtime.ts';
import { startEngine } from '../start-engine.ts';
import { keepProcessListeners } from './keep-process-listeners.ts';
import { loadRuntime } from './load-runtime.ts';

/** Options of {@link createTfjsBackend}. */
export interface TfjsOptions {
  /** Where to compute: in WebAssembly or in JavaScript; default `wasm`. */
  readonly engine?: TfjsEngineName;
  /** Threads of one operator: TensorFlow.js has one in Node, on both engines; default 1. */
  readonly threads?: number;
  /** The modules of TensorFlow.js, or ones of the same interface; default: imported by name. */
  readonly runtime?: TfjsRuntime;
}

/**
 * Creates the backend that runs and trains programs on TensorFlow.js, in Node.
 *
 * Kernels are called one by one through the public registry, on memory that is planned from the program: the
 * process's current backend, its tensors, tapes and `tidy` are not involved. Backends on `wasm` share the
 * process's one WebAssembly heap and free what is theirs when they are disposed; each backend on `cpu` has its own memory.
 *
 * @example
 * ```ts
 * const backend = await createTfjsBackend({ engine: 'wasm' });
 * const executable = await backend.compile(program);
 * const { logits } = await executable.run({ image });
 * console.log((await logits.read()).data);
 * await backend.dispose();
 * ```
 *
 * @throws {AttributeError} (rejects) for an option outside its values.
 * @throws {BackendError} (rejects) when a package of TensorFlow.js is missing or of another version, or the engine does not
 *   start.
 */
export async function createTfjsBackend(options: TfjsOptions = {}): Promise<TfjsBackend> {
  const { engine = 'wasm', threads = 1 } = options;
  assertEngine(engine);
  assertThreads(threads, tfjsManifest(engine).threads);
  const runtime = options.runtime ?? (await loadRuntime(engine));
  const started = await keepProcessListeners(() => startEngine(engine, runtime));
  return createBackend({ engine: started, turn: () => setImmediate() });
}

function assertEngine(engine: unknown): void {
  if (typeof engine === 'string' && (tfjsEngines as readonly string[]).includes(engine)) return;
  const near = typeof engine === 'string' ? didYouMean(engine, tfjsEngines) : '';
  throw new AttributeError(
    'ENGINE_UNKNOWN',
    `createTfjsBackend › engine: the value is not known, got ${JSON.stringify(engine)}.${near}\nExpected one of: ${listNames(tfjsEngines)}.`,
  );
}

function assertThreads(threads: number, allowed: readonly number[]): void {
  if (allowed.includes(threads)) return;
  throw new AttributeError(
    'THREADS_OUT_OF_RANGE',
    `createTfjsBackend › threads: TensorFlow.js has one thread in Node, got ${String(threads)}.\nExpected ${allowed.join(', ')}.`,
  );
}

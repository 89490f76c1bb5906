import { createReferenceBackend } from '@etalon/reference';
import { BackendError } from '@etalon/spec';
import type { CreateBackend } from '../checks/check.ts';
import type { Widening } from '../options.ts';

/** A backend that the command knows by name. */
export interface KnownBackend {
  readonly name: string;
  /** Creates it; rejects with a `BackendError` where this machine lacks the runtime or the device. */
  readonly create: CreateBackend;
  /** Budgets that it widens, with reasons. */
  readonly widen?: Readonly<Record<string, Widening>>;
}

// 518 ulps off, exactly what a loop in float32 gives, where 66 are granted.
const oneChain: Widening = {
  factor: 8,
  because:
    'without vector instructions the engine adds the terms of a whole tensor one after the other, so that errors of 4,099 equal terms all point one way',
};

// 5.1e-39, whose budget is an ulp of it.
const flushedShares: Widening = {
  factor: 1.2e5,
  because:
    'Softmax of the engine rounds shares below the smallest normal number, 2^-126, to 0; made of simpler operators it keeps them, in three times the time',
};

/** Backends by the name that they give themselves. A runtime is only imported when its backend is asked for. */
export const knownBackends: readonly KnownBackend[] = [
  { name: 'reference', create: () => createReferenceBackend() },
  {
    name: 'onnxruntime-cpu',
    create: async ({ threads } = {}) => {
      const { createOnnxRuntimeBackend } = await importOptional(
        '@etalon/onnxruntime/node',
        () => import('@etalon/onnxruntime/node'),
      );
      return createOnnxRuntimeBackend({
        device: 'cpu',
        ...(threads !== undefined && { threads }),
      });
    },
  },
  {
    name: 'onnxruntime-wasm',
    // One thread unless more are asked for: the counts 1 and 2 can be had in one process, no others beside them.
    create: async ({ threads = 1 } = {}) => {
      const { createOnnxRuntimeBackend } = await importOptional(
        '@etalon/onnxruntime/web',
        () => import('@etalon/onnxruntime/web'),
      );
      return createOnnxRuntimeBackend({ device: 'wasm', threads });
    },
    widen: {
      'softmax/wide-range': flushedShares,
      'gradient/softmax/wide-range': flushedShares,
      'reduceSum/equal-terms': oneChain,
      'reduceMean/equal-terms': oneChain,
      'threads-1/reduceSum/equal-terms': oneChain,
      'threads-1/reduceMean/equal-terms': oneChain,
      'threads-2/reduceSum/equal-terms': oneChain,
      'threads-2/reduceMean/equal-terms': oneChain,
      'derived/decomposed/reduceMean/equal-terms': oneChain,
    },
  },
];

async function importOptional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw missing(name, cause);
  }
}

function missing(name: string, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_PACKAGE_MISSING',
    `conformance: the package of a backend cannot be loaded, got none at "${name}".\nFix: npm install ${name.split('/').slice(0, 2).join('/')}`,
    { cause },
  );
}

/** Tells why a backend cannot be created here; `undefined` where it can. */
export async function probe({ create }: KnownBackend): Promise<string | undefined> {
  try {
    const backend = await create();
    await backend.dispose();
    return undefined;
  } catch (error) {
    if (!BackendError.isInstance(error)) throw error;
    return error.message.split('\n', 1)[0];
  }
}

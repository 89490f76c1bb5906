import { createReferenceBackend } from '@etalon/reference';
import { BackendError } from '@etalon/spec';
import type { CreateBackend } from '../checks/check.ts';

/** A backend that the command knows by name. */
export interface KnownBackend {
  readonly name: string;
  /** Creates it; rejects with a `BackendError` where this machine lacks the runtime or the device. */
  readonly create: CreateBackend;
}

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
  ...(['cpu', 'wasm'] as const).map(
    (engine): KnownBackend => ({
      name: `tfjs-${engine}`,
      create: async ({ threads } = {}) => {
        const { createTfjsBackend } = await importOptional(
          '@etalon/tfjs/node',
          () => import('@etalon/tfjs/node'),
        );
        return createTfjsBackend({ engine, ...(threads !== undefined && { threads }) });
      },
    }),
  ),
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

import type { BackendV1, DeviceTensorV1, HostTensor, ProgramV1 } from '@etalon/spec';
import type { Check, CreateBackend } from '../checks/check.ts';
import { failure } from '../checks/check.ts';
import { errorText, mustReject } from '../checks/rejection.ts';
import { lackOf } from '../checks/support.ts';
import { affine, counter } from './toy-programs.ts';

/** What a check of the lifecycle works with: a backend of its own, disposed after it. */
export interface Scene {
  readonly backend: BackendV1;
  readonly createBackend: CreateBackend;
  /** Fails the check when a tensor does not hold one number everywhere. */
  readonly holds: (
    what: string,
    tensor: DeviceTensorV1 | HostTensor | undefined,
    value: number,
  ) => Promise<void>;
  /** Fails the check when an action does not reject with a class of errors. */
  readonly rejects: (
    what: string,
    action: () => Promise<unknown>,
    name: string,
    code?: string,
  ) => Promise<void>;
  /** Fails the check. */
  readonly fail: (what: string) => never;
}

/** Declares a check of the lifecycle. */
export function lifecycleCheck(
  name: string,
  act: (scene: Scene) => Promise<void>,
  programs: readonly ProgramV1[] = [affine, counter],
): Check {
  const id = name.includes('/') ? name : `lifecycle/${name}`;
  const suite = id.startsWith('errors/') ? 'errors' : 'lifecycle';
  return {
    id,
    suite,
    proves: [],
    unsupported: (manifest) => {
      for (const program of programs) {
        const lack = lackOf(manifest, program, { special: false, subnormal: false });
        if (lack !== undefined) return lack;
      }
      return undefined;
    },
    run: async ({ createBackend }) => {
      const backend = await createBackend();
      try {
        await act(sceneOf(id, backend, createBackend));
      } finally {
        await backend.dispose();
      }
    },
  };
}

function sceneOf(id: string, backend: BackendV1, createBackend: CreateBackend): Scene {
  const fail = (what: string): never => {
    throw failure(id, backend, what);
  };
  return {
    backend,
    createBackend,
    fail,
    holds: async (what, tensor, value) => {
      if (tensor === undefined) return fail(`${what} is missing, got none.`);
      const { data } = 'read' in tensor ? await readOf(tensor, what, fail) : tensor;
      const at = data.findIndex((x) => x !== value);
      if (at >= 0 || data.length === 0) {
        fail(
          `${what} has changed or is wrong, got ${data[at]} at element ${at}.\nExpected ${value}.`,
        );
      }
    },
    rejects: (what, action, name, code) =>
      mustReject(id, backend, what, action, { name, ...(code !== undefined && { code }) }),
  };
}

async function readOf(
  tensor: DeviceTensorV1,
  what: string,
  fail: (what: string) => never,
): Promise<HostTensor> {
  try {
    return await tensor.read();
  } catch (error) {
    return fail(`${what} cannot be read, got ${errorText(error)}.\nExpected its elements.`);
  }
}

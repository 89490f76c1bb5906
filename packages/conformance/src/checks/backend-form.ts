import type { BackendV1 } from '@etalon/spec';
import type { BackendRequest, CreateBackend } from './check.ts';
import { ConformanceError } from './check.ts';

const methods: readonly (keyof BackendV1)[] = ['compile', 'upload', 'dispose'];

/**
 * Creates a backend and checks that it has the members of one, so that a factory of another kind is named as what
 * is wrong, and not each check.
 *
 * @throws {ConformanceError} (rejects) when what the factory returns is no backend.
 */
export async function createChecked(
  createBackend: CreateBackend,
  request: BackendRequest = {},
): Promise<BackendV1> {
  const made: unknown = await createBackend(request);
  const lack = lackOfMembers(made);
  if (lack === undefined) return made as BackendV1;
  throw new ConformanceError(
    'CONFORMANCE_BACKEND',
    `conformance: the factory must return a backend, got ${lack}.\nExpected an object, or a promise of one, with specificationVersion, name, manifest, compile(), upload() and dispose(): BackendV1 of @etalon/spec.`,
  );
}

function lackOfMembers(made: unknown): string | undefined {
  if (typeof made !== 'object' || made === null) {
    return made === null ? 'null' : typeof made;
  }
  const members = made as Readonly<Record<string, unknown>>;
  const missing = methods.find((name) => typeof members[name] !== 'function');
  return missing && `an object whose ${missing} is ${typeof members[missing]}`;
}

import { operatorNames } from '@etalon/compiler';
import type { BackendManifestV1, BackendV1 } from '@etalon/spec';
import type { Check } from '../checks/check.ts';
import { failure, required } from '../checks/check.ts';

const choices = {
  precision: ['exact', 'cpu', 'gpu'],
  subnormals: ['kept', 'flushed'],
  imageLayout: ['nhwc', 'nchw'],
  loopPolicy: ['inside', 'stepwise'],
  deviceInputs: ['resident', 'copied'],
  deterministic: [true, false],
} as const;

function complaintAbout(manifest: BackendManifestV1): string | undefined {
  for (const [field, allowed] of Object.entries(choices)) {
    const value = manifest[field as keyof typeof choices];
    if (!(allowed as readonly unknown[]).includes(value)) {
      return `manifest.${field} is not one of the contract's values, got ${JSON.stringify(value)}.\nExpected one of ${JSON.stringify(allowed)}.`;
    }
  }
  const threads: readonly number[] = manifest.threads;
  if (threads.length === 0 || threads.some((count) => !Number.isInteger(count) || count < 1)) {
    return `manifest.threads must list thread counts, got ${JSON.stringify(threads)}.`;
  }
  for (const [operator, support] of Object.entries(manifest.operators)) {
    if (!(operatorNames as readonly string[]).includes(operator)) {
      return `manifest.operators names an operator that specification v1 has not, got "${operator}".`;
    }
    const { dtypes, maximumRank, nonFinite } = support;
    if (dtypes.length === 0 || !Number.isInteger(maximumRank) || typeof nonFinite !== 'boolean') {
      return `manifest.operators.${operator} is incomplete, got ${JSON.stringify(support)}.\nExpected dtypes, maximumRank and nonFinite.`;
    }
  }
  return undefined;
}

function requireSame(id: string, backend: BackendV1, field: string, a: unknown, b: unknown): void {
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  throw failure(
    id,
    backend,
    `${field} differs between two backends of one factory, got ${JSON.stringify(b)?.slice(0, 80)}.\nExpected ${JSON.stringify(a)?.slice(0, 80)}.`,
  );
}

/** What a backend says about itself. */
export const manifestChecks: readonly Check[] = [
  required('manifest/version', 'manifest', async ({ backend }) => {
    const version: string = backend.specificationVersion;
    if (version === 'v1' && backend.name !== '') return;
    throw failure(
      'manifest/version',
      backend,
      `a backend has specificationVersion "v1" and a name, got ${JSON.stringify(version)} and ${JSON.stringify(backend.name)}.`,
    );
  }),
  required('manifest/form', 'manifest', async ({ backend }) => {
    const complaint = complaintAbout(backend.manifest);
    if (complaint !== undefined) throw failure('manifest/form', backend, complaint);
  }),
  required('manifest/plain-data', 'manifest', async ({ backend }) => {
    const copy: unknown = JSON.parse(JSON.stringify(backend.manifest));
    requireSame('manifest/plain-data', backend, 'the manifest as JSON', copy, backend.manifest);
  }),
  required('manifest/stable', 'manifest', async ({ backend, createBackend }) => {
    const other = await createBackend();
    try {
      requireSame('manifest/stable', backend, 'the manifest', backend.manifest, other.manifest);
      requireSame('manifest/stable', backend, 'the name', backend.name, other.name);
    } finally {
      await other.dispose();
    }
  }),
];

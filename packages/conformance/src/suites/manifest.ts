import { operatorTraits } from '@etalon/compiler';
import type { BackendManifestV1, BackendV1, OperatorName } from '@etalon/spec';
import type { Check } from '../checks/check.ts';
import { failure, required } from '../checks/check.ts';
import { manifestComplaint } from '../checks/manifest-form.ts';
import { usesOfOperator } from '../checks/operator-uses.ts';

function requireSame(id: string, backend: BackendV1, field: string, a: unknown, b: unknown): void {
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  throw failure(
    id,
    backend,
    `${field} differs between two backends of one factory, got ${JSON.stringify(b)?.slice(0, 80)}.\nExpected ${JSON.stringify(a)?.slice(0, 80)}.`,
  );
}

// Random draws are inputs for a backend that does not declare them; those that do are compared bit for bit.
function declared({ operators }: BackendManifestV1) {
  return Object.entries(operators).flatMap(([name, support]) => {
    const operator = name as OperatorName;
    return operatorTraits(operator).kind === 'random' ? [] : [{ operator, support }];
  });
}

/** What a backend says about itself. */
export const manifestChecks: readonly Check[] = [
  required('manifest/version', 'manifest', async ({ backend }) => {
    const version: string = backend.specificationVersion;
    if (version === 'v1' && typeof backend.name === 'string' && backend.name !== '') return;
    throw failure(
      'manifest/version',
      backend,
      `a backend has specificationVersion "v1" and a name, got ${JSON.stringify(version)} and ${JSON.stringify(backend.name)}.`,
    );
  }),
  required('manifest/form', 'manifest', async ({ backend }) => {
    const complaint = manifestComplaint(backend.manifest);
    if (complaint !== undefined) throw failure('manifest/form', backend, complaint);
  }),
  required('manifest/plain-data', 'manifest', async ({ backend }) => {
    const copy: unknown = JSON.parse(JSON.stringify(backend.manifest));
    const again = JSON.stringify(copy) === JSON.stringify(backend.manifest);
    const complaint = again ? manifestComplaint(copy) : 'it changes.';
    if (complaint === undefined) return;
    throw failure(
      'manifest/plain-data',
      backend,
      `the manifest does not survive JSON, got ${complaint}`,
    );
  }),
  required('manifest/fresh', 'manifest', async ({ backend, createBackend }) => {
    const other = await createBackend();
    if (other === backend) {
      throw failure(
        'manifest/fresh',
        backend,
        'the factory must return a fresh backend at each call, got the same one twice.\nFix: create the engine inside the factory; checks dispose the backends that they create.',
      );
    }
    await other.dispose();
  }),
  required('manifest/stable', 'manifest', async ({ backend, createBackend }) => {
    const other = await createBackend();
    try {
      requireSame('manifest/stable', backend, 'the manifest', backend.manifest, other.manifest);
      requireSame('manifest/stable', backend, 'the name', backend.name, other.name);
    } finally {
      if (other !== backend) await other.dispose();
    }
  }),
  required('manifest/dtypes', 'manifest', async ({ backend }) => {
    for (const { operator, support } of declared(backend.manifest)) {
      const { dtypes } = usesOfOperator(operator);
      const wrong = support.dtypes.find((dtype) => !dtypes.includes(dtype));
      if (wrong === undefined) continue;
      throw failure(
        'manifest/dtypes',
        backend,
        `"${operator}" is not defined for ${wrong}, got dtypes ${JSON.stringify(support.dtypes)}.\nExpected some of ${JSON.stringify(dtypes)}: element types of its data operand.`,
      );
    }
  }),
  // A limit on what is no attribute, or on no value that occurs, would excuse an operator from every check.
  required('manifest/limits', 'manifest', async ({ backend }) => {
    for (const { operator, support } of declared(backend.manifest)) {
      const { attributes, uses } = usesOfOperator(operator);
      for (const { attribute } of support.limits ?? []) {
        if (attributes.includes(attribute)) continue;
        throw failure(
          'manifest/limits',
          backend,
          `"${operator}" has no such attribute, got a limit on "${attribute}".\nExpected one of ${JSON.stringify(attributes)}.`,
        );
      }
      if (support.limits === undefined || uses(backend.manifest)) continue;
      throw failure(
        'manifest/limits',
        backend,
        `no case of "${operator}" lies within its limits, got ${JSON.stringify(support.limits)}.\nExpected at least one, or the operator is not supported.\nFix: leave it out of the manifest.`,
      );
    }
  }),
];

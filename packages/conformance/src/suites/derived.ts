import {
  operatorNames,
  operatorTraits,
  programFromJson,
  programToJson,
  simplify,
} from '@etalon/compiler';
import type { BackendManifestV1, BackendV1, SupportedOperators } from '@etalon/spec';
import type { ConformanceCase } from '../cases/case.ts';
import { caseCheck } from '../checks/case-check.ts';
import type { Check } from '../checks/check.ts';
import { conformanceCases } from '../families/index.ts';

/** Cases of each operator that are derived from; the golden ones come first in the list. */
const PER_OPERATOR = 3;

const representative = operatorNames.flatMap((operator) =>
  conformanceCases.filter(({ operators }) => operators.includes(operator)).slice(0, PER_OPERATOR),
);

const decomposing = conformanceCases.filter(({ operators }) =>
  operators.some((operator) => operatorTraits(operator).decomposes),
);

/** The manifest without every operator that can be decomposed. */
export function coreOnly(manifest: BackendManifestV1): BackendManifestV1 {
  const operators: SupportedOperators = Object.fromEntries(
    Object.entries(manifest.operators).filter(
      ([operator]) => !operatorTraits(operator as keyof SupportedOperators).decomposes,
    ),
  );
  return { ...manifest, operators };
}

function withCoreOnly(backend: BackendV1): BackendV1 {
  return {
    specificationVersion: 'v1',
    name: backend.name,
    manifest: coreOnly(backend.manifest),
    compile: (program, options) => backend.compile(program, options),
    upload: (tensor) => backend.upload(tensor),
    dispose: () => backend.dispose(),
  };
}

function decomposedCheck(subject: ConformanceCase): Check {
  const check = caseCheck(subject, {
    id: `derived/decomposed/${subject.id}`,
    suite: 'derived programs',
    order: 'value',
    wrap: withCoreOnly,
    proves: false,
  });
  return { ...check, unsupported: (manifest) => check.unsupported(coreOnly(manifest)) };
}

/** The same programs by another way: through JSON, simplified, and in core operators alone. */
export const derivedChecks: readonly Check[] = [
  ...[...new Set(representative)].flatMap((subject) => [
    caseCheck(subject, {
      id: `derived/json/${subject.id}`,
      suite: 'derived programs',
      order: 'value',
      derive: (program) => programFromJson(programToJson(program)),
      proves: false,
    }),
    caseCheck(subject, {
      id: `derived/simplified/${subject.id}`,
      suite: 'derived programs',
      order: subject.gradient === 'none' ? 'value' : 'gradient',
      derive: (program) => simplify(simplify(program)),
      proves: false,
    }),
  ]),
  ...decomposing.map(decomposedCheck),
];

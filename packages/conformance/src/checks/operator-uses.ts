import { lackOfNode } from '@etalon/compiler';
import type { BackendManifestV1, DType, OperatorName } from '@etalon/spec';
import { programOf } from '../cases/programs.ts';
import { conformanceCases } from '../families/index.ts';
import { dataTypeOf } from './data-type.ts';

/** How the cases use an operator. */
export interface OperatorUses {
  /** Element types of its data operand. */
  readonly dtypes: readonly DType[];
  /** Names of its attributes. */
  readonly attributes: readonly string[];
  /** Tells whether a manifest covers one of the uses. */
  readonly uses: (manifest: BackendManifestV1) => boolean;
}

/** Returns how the cases use an operator: all element types and attributes that it has. */
export function usesOfOperator(operator: OperatorName): OperatorUses {
  const found = conformanceCases
    .filter(({ operators }) => operators.includes(operator))
    .map((subject) => programOf(subject, 'value'))
    .flatMap((program) =>
      program.nodes
        .filter((node) => node.operator === operator)
        .map((node) => ({ program, node, dtype: dataTypeOf(program, node) })),
    );
  return {
    dtypes: [...new Set(found.flatMap(({ dtype }) => (dtype === undefined ? [] : [dtype])))],
    attributes: [...new Set(found.flatMap(({ node }) => Object.keys(node.attributes)))],
    uses: (manifest) =>
      found.some(({ program, node }) => lackOfNode(manifest, program, node) === undefined),
  };
}

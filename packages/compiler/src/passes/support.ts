import type { BackendManifestV1, DType, NodeV1, ProgramV1, ValueId } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { stableJson } from '../program/hash.ts';
import { nodesWithin } from '../program/map-bodies.ts';

interface AnySupport {
  readonly dtypes: readonly DType[];
  readonly maximumRank: number;
  readonly limits?: readonly { readonly attribute: string; readonly oneOf: readonly unknown[] }[];
}

/** Why a backend cannot run a node natively, the bodies that it holds included; `undefined` when it can. */
export function lackOfSupport(
  manifest: BackendManifestV1,
  program: Pick<ProgramV1, 'values'>,
  node: NodeV1,
): string | undefined {
  for (const inner of nodesWithin(program, node)) {
    const lack = lackOfNode(manifest, inner.program, inner.node);
    if (lack !== undefined) return lack;
  }
  return undefined;
}

/** Why a backend cannot run a node natively, whatever bodies it holds: for callers that go through these themselves. */
export function lackOfNode(
  manifest: BackendManifestV1,
  program: Pick<ProgramV1, 'values'>,
  node: NodeV1,
): string | undefined {
  const support: AnySupport | undefined = manifest.operators[node.operator];
  if (support === undefined) return `operator "${node.operator}" is not declared`;
  const typeOf = (id: ValueId | undefined) => (id === undefined ? undefined : program.values[id]);
  const { dataOperand = 0 } = definitionOf(node.operator);
  const data = typeOf(node.inputs[dataOperand] ?? node.outputs[0]);
  if (data !== undefined && !support.dtypes.includes(data.dtype)) {
    return `dtype ${data.dtype} of "${node.operator}" is not declared (declared: ${support.dtypes.join(', ')})`;
  }
  for (const id of [...node.inputs, ...node.outputs]) {
    const rank = typeOf(id)?.shape.length ?? 0;
    if (rank > support.maximumRank) {
      return `rank ${rank} of "${node.operator}" is above the declared maximum of ${support.maximumRank}`;
    }
  }
  const attributes = new Map(Object.entries(node.attributes));
  for (const { attribute, oneOf } of support.limits ?? []) {
    const value = stableJson(attributes.get(attribute));
    if (!oneOf.some((allowed) => stableJson(allowed) === value)) {
      return `${attribute} ${value} of "${node.operator}" is outside the declared limit`;
    }
  }
  return undefined;
}

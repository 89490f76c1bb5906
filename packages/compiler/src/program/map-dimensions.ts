import type { Dimension, NodeV1, ProgramV1 } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';

/** Rewrites every dimension among a node's attributes, those of a body included. */
export function mapNodeDimensions(
  { operator, attributes }: NodeV1,
  map: (dimension: Dimension) => Dimension,
): NodeV1['attributes'] {
  const { mapBody, mapDimensions } = definitionOf(operator);
  const mapped = mapDimensions?.(attributes, map) ?? attributes;
  return mapBody?.(mapped, (body) => mapProgramDimensions(body, map)) ?? mapped;
}

function mapProgramDimensions(
  program: ProgramV1,
  map: (dimension: Dimension) => Dimension,
): ProgramV1 {
  return {
    ...program,
    values: program.values.map(({ dtype, shape }) => ({ dtype, shape: shape.map(map) })),
    nodes: program.nodes.map(
      (node) => ({ ...node, attributes: mapNodeDimensions(node, map) }) as NodeV1,
    ),
  };
}

import type { NodeV1, ProgramV1 } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { operandCounts } from '../definitions/operand-counts.ts';

/** Returns what a body becomes: the same program where nothing changes. */
export type MapBody = (body: ProgramV1) => ProgramV1;

/** Replaces the bodies that nodes hold; a program without such nodes comes back as it is. */
export function mapBodies(program: ProgramV1, map: MapBody): ProgramV1 {
  const nodes = program.nodes.map((node) => mapNodeBody(node, map));
  return nodes.every((node, at) => node === program.nodes[at]) ? program : { ...program, nodes };
}

/** Returns the bodies that a node holds. */
export function bodiesOf(node: NodeV1): readonly ProgramV1[] {
  const bodies: ProgramV1[] = [];
  mapNodeBody(node, (body) => {
    bodies.push(body);
    return body;
  });
  return bodies;
}

/** A node and the program, or body of a loop, whose values it names. */
export interface PlacedNode {
  readonly node: NodeV1;
  readonly program: Pick<ProgramV1, 'values'>;
}

/** Returns the nodes of a program and of all bodies in it; those of a body come before the node that holds it. */
export function nodesThroughBodies(program: ProgramV1): readonly PlacedNode[] {
  return program.nodes.flatMap((node) => nodesWithin(program, node));
}

/** Returns the nodes of all bodies that a node holds, and the node itself as the last. */
export function nodesWithin(program: PlacedNode['program'], node: NodeV1): readonly PlacedNode[] {
  return [...bodiesOf(node).flatMap(nodesThroughBodies), { node, program }];
}

/** Attributes of a node without the bodies among them. */
export function withoutBodies(node: NodeV1): Readonly<Record<string, unknown>> {
  const bodies = new Set<unknown>(bodiesOf(node));
  return Object.fromEntries(
    Object.entries(node.attributes).filter(([, value]) => !bodies.has(value)),
  );
}

/** Applies a pass to a program and the bodies in it, innermost first: around them it sees them as they will be. */
export function throughBodies(program: ProgramV1, pass: MapBody): ProgramV1 {
  return pass(mapBodies(program, (body) => throughBodies(body, pass)));
}

// Unknown operators, which hold what nobody knows, are the verifier's and the backends' to refuse.
function mapNodeBody(node: NodeV1, map: MapBody): NodeV1 {
  if (!Object.hasOwn(operandCounts, node.operator)) return node;
  const rule = definitionOf(node.operator).mapBody;
  return rule === undefined
    ? node
    : ({ ...node, attributes: rule(node.attributes, map) } as NodeV1);
}

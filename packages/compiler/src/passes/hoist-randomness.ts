import type {
  DType,
  NodeOf,
  NodeV1,
  ProgramInput,
  ProgramV1,
  RandomOperatorsV1,
  ScanAttributes,
  Shape,
  ValueId,
  ValueType,
} from '@etalon/spec';
import { ProgramError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { foldInString, randomKey } from '../random/index.ts';
import { rewriteProgram } from './rewrite.ts';

/** Application of a random operator. */
export type RandomNode = {
  readonly [K in keyof RandomOperatorsV1]: NodeOf<K>;
}[keyof RandomOperatorsV1];

function inputName({ attributes: { stream, iterationOffset = 0 } }: RandomNode): string {
  return iterationOffset === 0 ? `random/${stream}` : `random/${stream} +${iterationOffset}`;
}

/** A loop around a random draw. */
export type DrawLevel = Pick<ScanAttributes, 'length' | 'draws'>;

/** An input that stands for a random draw. */
export interface RandomInput {
  /** Name of the input in the hoisted program: `random/`, the stream and the iteration offset. */
  readonly name: string;
  readonly node: RandomNode;
  readonly dtype: DType;
  /** Lengths of the loops around the draw, then the shape of one draw. */
  readonly shape: Shape;
  /** The loops around the draw, outermost first. */
  readonly levels: readonly DrawLevel[];
}

/** A program without random operators, and the draws it expects as inputs. */
export interface HoistedProgram {
  readonly program: ProgramV1;
  readonly draws: readonly RandomInput[];
}

function isRandom(node: { readonly operator: string }): node is RandomNode {
  return definitionOf(node.operator as RandomNode['operator']).kind === 'random';
}

/**
 * Turns random draws into inputs, so that every backend is fed the same bits. Draws in the body of a scan are made
 * for all iterations at once and become stacked operands.
 *
 * @throws {ProgramError} when two different streams share a name, or two names fold into one key.
 */
export function hoistRandomness(program: ProgramV1): HoistedProgram {
  const hoisted = hoist(program);
  requireDistinctKeys(program, hoisted.draws);
  return hoisted;
}

function hoist(program: ProgramV1): HoistedProgram {
  const draws: RandomInput[] = [];
  const inputs: ProgramInput[] = [];
  const values = [...program.values];
  const nodes = program.nodes.flatMap((node): readonly NodeV1[] => {
    if (isRandom(node)) {
      const [value = -1] = node.outputs;
      const { dtype, shape } = values[value] as ValueType;
      const name = inputName(node);
      draws.push({ name, node, dtype, shape, levels: [] });
      inputs.push({ name, value });
      return [];
    }
    if (node.operator !== 'scan') return [node];
    const inner = hoist(node.attributes.body);
    const operands = inner.draws.map((draw) => {
      const { length, draws: keyed } = node.attributes;
      const shape = [length, ...draw.shape];
      draws.push({ ...draw, shape, levels: [{ length, draws: keyed }, ...draw.levels] });
      inputs.push({ name: draw.name, value: values.length });
      values.push({ dtype: draw.dtype, shape });
      return values.length - 1;
    });
    return [withStacked(node, operands, inner.program)];
  });
  if (draws.length === 0) return { program, draws };
  const withInputs = { ...program, values, nodes, inputs: [...program.inputs, ...inputs] };
  // Rewriting gives the values of the new inputs numbers in order.
  return { program: rewriteProgram(withInputs, { visit: ({ copy }) => copy() }), draws };
}

/** Adds stacked operands, which are the last inputs of a new body. */
function withStacked(
  node: NodeOf<'scan'>,
  operands: readonly ValueId[],
  body: ProgramV1,
): NodeOf<'scan'> {
  const { carried, stacked } = node.attributes;
  const end = carried + stacked;
  const old = body.inputs.length - operands.length;
  // The body's first input is the index.
  const inputs = [
    ...body.inputs.slice(0, end + 1),
    ...body.inputs.slice(old),
    ...body.inputs.slice(end + 1, old),
  ];
  return {
    ...node,
    inputs: [...node.inputs.slice(0, end), ...operands, ...node.inputs.slice(end)],
    attributes: {
      ...node.attributes,
      stacked: stacked + operands.length,
      body: { ...body, inputs },
    },
  };
}

function requireDistinctKeys(program: ProgramV1, draws: readonly RandomInput[]): void {
  const origin = randomKey(0);
  const byKey = new Map<string, string>();
  for (const { node } of draws) {
    const { stream, iterationOffset = 0 } = node.attributes;
    const key = `${foldInString(origin, stream).join()} ${iterationOffset}`;
    const earlier = byKey.get(key);
    if (earlier !== undefined) {
      throw new ProgramError(
        'RANDOM_STREAM_CONFLICT',
        `program "${program.name}": two random draws share a stream, got ${JSON.stringify(earlier)} and ${JSON.stringify(stream)}.\nFix: give one of them another name.`,
      );
    }
    byKey.set(key, stream);
  }
}

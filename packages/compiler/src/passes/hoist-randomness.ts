import type { NodeOf, ProgramV1, RandomOperatorsV1, Shape } from '@etalon/spec';
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

/** An input that stands for a random draw. */
export interface RandomInput {
  /** Name of the input in the hoisted program: `random/`, the stream and the iteration offset. */
  readonly name: string;
  readonly node: RandomNode;
  readonly shape: Shape;
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
 * Turns random draws into inputs, so that every backend is fed the same bits.
 *
 * @throws {ProgramError} when two different streams share a name, or two names fold into one key.
 */
export function hoistRandomness(program: ProgramV1): HoistedProgram {
  const draws = program.nodes.filter(isRandom).map(
    (node): RandomInput => ({
      name: inputName(node),
      node,
      shape: node.attributes.shape,
    }),
  );
  requireDistinctKeys(program, draws);
  if (draws.length === 0) return { program, draws };
  const hoisted = new Set<unknown>(draws.map(({ node }) => node));
  const withInputs: ProgramV1 = {
    ...program,
    inputs: [
      ...program.inputs,
      ...draws.map(({ name, node }) => ({ name, value: node.outputs[0] ?? -1 })),
    ],
    nodes: program.nodes.filter((node) => !hoisted.has(node)),
  };
  // Rewriting gives the values of the new inputs numbers in order.
  return { program: rewriteProgram(withInputs, { visit: ({ copy }) => copy() }), draws };
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

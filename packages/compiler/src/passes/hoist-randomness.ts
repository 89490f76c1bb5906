import type { NodeOf, ProgramV1, RandomOperatorsV1, Shape } from '@etalon/spec';
import { ProgramError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { foldInString, randomKey } from '../random/index.ts';
import { rewriteProgram } from './rewrite.ts';

/** Application of a random operator. */
export type RandomNode = {
  readonly [K in keyof RandomOperatorsV1]: NodeOf<K>;
}[keyof RandomOperatorsV1];

/** An input that stands for a random draw. */
export interface RandomInput {
  /** Name of the input in the hoisted program: `random/` and the stream. */
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
      name: `random/${node.attributes.stream}`,
      node,
      shape: node.attributes.shape,
    }),
  );
  requireDistinctKeys(program, draws);
  if (draws.length === 0) return { program, draws };
  const values = [...program.values];
  const hoisted = new Set<unknown>(draws.map(({ node }) => node));
  const withInputs: ProgramV1 = {
    ...program,
    values,
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
    const { stream } = node.attributes;
    const key = foldInString(origin, stream).join();
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

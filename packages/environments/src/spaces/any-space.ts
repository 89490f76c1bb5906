import { EnvironmentError } from '../errors.ts';
import type { BoxDtype } from './box.ts';
import { Box } from './box.ts';
import { Dict } from './dict.ts';
import { Discrete } from './discrete.ts';
import { Graph } from './graph.ts';
import { MultiBinary } from './multi-binary.ts';
import { MultiDiscrete } from './multi-discrete.ts';
import { OneOf } from './one-of.ts';
import { Sequence } from './sequence.ts';
import type { Space, SpaceJson } from './space.ts';
import { format } from './space.ts';
import { Text } from './text.ts';
import { Tuple } from './tuple.ts';

/** Every class of space; `kind` tells them apart. */
export type AnySpace =
  | Box<BoxDtype>
  | Dict<Readonly<Record<string, Space>>>
  | Discrete
  | Graph
  | MultiBinary
  | MultiDiscrete
  | OneOf
  | Sequence<unknown>
  | Text
  | Tuple<readonly Space[]>;

type Read = (json: SpaceJson) => Space;

const many = (spaces: unknown): Space[] => (spaces as SpaceJson[]).map(spaceFromJson);

const readers: Readonly<Record<AnySpace['kind'], Read>> = {
  box: ({ low, high, shape, dtype }) => {
    const bounds = (values: unknown, none: number): number[] =>
      (values as (number | string)[]).map((value) => (value === 'none' ? none : Number(value)));
    return new Box({
      low: bounds(low, -Infinity),
      high: bounds(high, Infinity),
      shape: shape as number[],
      dtype: dtype as BoxDtype,
    });
  },
  dict: ({ spaces }) => {
    const entries = Object.entries(spaces as Record<string, SpaceJson>);
    return new Dict(Object.fromEntries(entries.map(([name, own]) => [name, spaceFromJson(own)])));
  },
  discrete: ({ count, start }) => new Discrete(count as number, { start: start as number }),
  graph: ({ node, edge }) => {
    const read = (own: unknown): Discrete => spaceFromJson(own as SpaceJson) as Discrete;
    return edge === undefined ? new Graph(read(node)) : new Graph(read(node), read(edge));
  },
  multiBinary: ({ shape }) => new MultiBinary(shape as number[]),
  multiDiscrete: ({ counts, starts, shape }) =>
    new MultiDiscrete(counts as number[], { starts: starts as number[], shape: shape as number[] }),
  oneOf: ({ spaces }) => new OneOf(many(spaces)),
  sequence: ({ space }) => new Sequence(spaceFromJson(space as SpaceJson)),
  text: ({ maxLength, minLength, characters }) =>
    new Text(maxLength as number, {
      minLength: minLength as number,
      characters: characters as string,
    }),
  tuple: ({ spaces }) => new Tuple(many(spaces)),
};

/**
 * Reads a space that {@link Space.toJSON} wrote.
 *
 * @throws {EnvironmentError} `INVALID_SPACE` when there is no such space.
 */
export function spaceFromJson(json: SpaceJson): Space {
  const read = Object.hasOwn(readers, json.kind)
    ? readers[json.kind as AnySpace['kind']]
    : undefined;
  if (read !== undefined) return read(json);
  throw new EnvironmentError('INVALID_SPACE', [
    `spaceFromJson: there must be a space of that kind, got ${format(json)}.`,
    `Expected one of ${Object.keys(readers).join(', ')}.`,
  ]);
}

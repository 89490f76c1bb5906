import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import goldens from '../../test/goldens/spaces.json' with { type: 'json' };
import { spaceFromJson } from './any-space.ts';
import { Box } from './box.ts';
import { Dict } from './dict.ts';
import { Discrete } from './discrete.ts';
import { flatSize, flatten, flattenSpace, unflatten } from './flatten.ts';
import { Graph } from './graph.ts';
import { MultiBinary } from './multi-binary.ts';
import { MultiDiscrete } from './multi-discrete.ts';
import { OneOf } from './one-of.ts';
import { Sequence } from './sequence.ts';
import type { SampleOptions, Space } from './space.ts';
import { Text } from './text.ts';
import { Tuple } from './tuple.ts';

const bounded = (): Box => new Box({ low: [-4.8, -0.1, 3], high: [4.8, 0.1, 3] });
const started = (): Discrete => new Discrete(5, { start: -2 });
const mixed = (): Box =>
  new Box({
    low: [-Infinity, -Infinity, 2, -1, -Infinity, 0.5],
    high: [Infinity, 1, Infinity, 1, Infinity, Infinity],
  });
const integers = (): Box<'int32'> => new Box({ low: -3, high: 9, shape: [4], dtype: 'int32' });
const text = (): Text => new Text(8, { characters: 'etalon' });

const spaces: Readonly<Record<string, () => Space>> = {
  discrete: () => new Discrete(6),
  started,
  bounded,
  mixed,
  doubles: () => new Box({ low: [-Infinity, -1], high: [Infinity, 2], dtype: 'float64' }),
  bytes: () => new Box({ low: 0, high: 255, shape: [2, 3], dtype: 'uint8' }),
  integers,
  multiDiscrete: () => new MultiDiscrete([5, 2, 9]),
  multiStarted: () => new MultiDiscrete([5, 2, 9], { starts: [1, -1, 100] }),
  multiBinary: () => new MultiBinary(11),
  text,
  tuple: () => new Tuple([bounded(), new Discrete(6), new MultiBinary(11)]),
  dict: () => new Dict({ b: bounded(), a: started() }),
  nested: () => new Tuple([new Dict({ z: mixed(), y: text() }), integers()]),
  oneOf: () => new OneOf([bounded(), started(), new MultiDiscrete([5, 2, 9])]),
  sequence: () => new Sequence(new Discrete(6)),
  sequenceOfBoxes: () => new Sequence(bounded()),
  graph: () => new Graph(bounded(), new Discrete(6)),
  graphOfBoxes: () => new Graph(new Discrete(6), mixed()),
};

const ninth = Array<number>(9).fill(1 / 9);
const held: Readonly<Record<string, readonly (SampleOptions & { length?: number })[]>> = {
  discrete: [
    { mask: [0, 1, 0, 1, 1, 0] },
    { mask: [0, 0, 0, 0, 0, 0] },
    { probabilities: [0.1, 0, 0.2, 0.3, 0, 0.4] },
  ],
  started: [{ mask: [0, 1, 0, 1, 1] }],
  multiDiscrete: [
    { mask: [[0, 1, 1, 0, 1], [0, 0], Array<number>(9).fill(1)] },
    { probabilities: [[0.5, 0, 0.25, 0, 0.25], [0.5, 0.5], ninth] },
  ],
  multiBinary: [
    { mask: [0, 1, 2, 2, 2, 1, 0, 2, 2, 2, 2] },
    { probabilities: Array.from({ length: 11 }, (_, at) => at / 10) },
  ],
  text: [
    { mask: [0, 1, 0, 1, 1, 0] },
    { length: 4 },
    { length: 3, probabilities: [0.5, 0, 0.25, 0.25, 0, 0] },
  ],
};

/** Values as plain data, as the goldens hold them. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, plain(own)]));
}

const make = (name: string): Space => spaces[name]?.() as Space;

describe('spaces', () => {
  it.each(goldens.cases)("draw $name of seed $seed as Gymnasium's do", (golden) => {
    const space = make(golden.name);
    space.seed(golden.seed);
    const drawn = golden.drawn.map(() => space.sample());
    expect(drawn.map(plain)).toEqual(golden.drawn);
    expect(drawn.every((value) => space.contains(value))).toBe(true);
    const options = (held[golden.name] ?? []).flatMap((own) => [own, own, own]);
    expect(options.map((own) => plain(space.sample(own)))).toEqual(golden.held);
    for (const [at, flat] of golden.flat.entries()) {
      if (flat === null) continue;
      const own = flatten(space, drawn[at], new Float64Array(flatSize(space)));
      expect([...own]).toEqual(flat);
      expect(flattenSpace(space).contains(Array.from(own, Math.fround))).toBe(true);
      expect(unflatten(space, own)).toEqual(drawn[at]);
    }
  });

  it.each(Object.keys(spaces))('are read back from what they write: %s', (name) => {
    const space = make(name);
    const copy = spaceFromJson(JSON.parse(JSON.stringify(space)));
    expect(copy.equals(space)).toBe(true);
    expect(`${copy}`).toBe(`${space}`);
    expect(copy.constructor).toBe(space.constructor);
    const others = Object.keys(spaces).filter((other) => make(other).equals(space));
    expect(others).toEqual([name]);
    copy.seed(3);
    space.seed(3);
    expect(plain(copy.sample())).toEqual(plain(space.sample()));
  });

  it('hold what they draw, of any seed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(spaces)),
        fc.bigInt(0n, 2n ** 130n),
        (name, seed) => {
          const space = make(name);
          space.seed(seed);
          return space.contains(space.sample()) && space.contains(space.sample());
        },
      ),
    );
  });

  it('draw without a seed too, each its own', () => {
    const draws = [0, 1].map(() => plain(bounded().sample()));
    expect(draws[0]).not.toEqual(draws[1]);
  });

  it.each<[string, unknown[]]>([
    ['discrete', [6, -1, 0.5, Number.NaN, '1', undefined, [1]]],
    ['bounded', [[0, 0], [0, 0, 3.5], [0, Number.NaN, 3], new Float64Array([0, 0, 3]), 0, null]],
    ['multiDiscrete', [[5, 0, 0], [0, 0], [0, 0.5, 0], 3]],
    ['multiBinary', [[2, ...Array<number>(10).fill(0)], [0, 1], 'x']],
    ['text', ['', 'x', 'etalonetal', 3]],
    ['tuple', [[[0, 0, 3], 6, new Int8Array(11)], [[0, 0, 3]], {}]],
    ['dict', [{ a: 0 }, { a: 9, b: [0, 0, 3] }, { a: 0, b: [0, 0, 3], c: 0 }, null]],
    ['oneOf', [[3, 0], [1, 9], [1], 1]],
    ['sequence', [[6], 6]],
    ['graph', [{ nodes: new Float32Array([0, 0, 9]) }, {}, null, { nodes: [0, 0, 3] }]],
  ])('do not hold strangers: %s', (name, values) => {
    for (const value of values) expect(make(name).contains(value)).toBe(false);
  });

  it('hold graphs whose edges join their nodes only', () => {
    const nodes = new Float32Array([0, 0, 3, 1, 0, 3]);
    const edges = new Int32Array([4]);
    const graph = make('graph');
    expect(graph.contains({ nodes, edges, edgeLinks: new Int32Array([0, 1]) })).toBe(true);
    expect(graph.contains({ nodes, edges, edgeLinks: new Int32Array([0, 2]) })).toBe(false);
    expect(graph.contains({ nodes, edges, edgeLinks: new Int32Array([0]) })).toBe(false);
  });

  it('refuse what makes no space', () => {
    const makers = [
      () => new Discrete(0),
      () => new Discrete(1.5),
      () => new Box({ low: 1, high: 0 }),
      () => new Box({ low: [0, 0], high: [1, 1, 1] }),
      () => new Box({ low: Number.NaN, high: 0 }),
      () => new Box({ low: -1, high: 0, dtype: 'uint8' }),
      () => new Box({ low: -Infinity, high: 0, dtype: 'uint8' }),
      () => new MultiDiscrete([0]),
      () => new MultiDiscrete([2], { starts: [0, 0] }),
      () => new MultiBinary(0),
      () => new Text(0, { minLength: 1 }),
      () => new Text(3, { characters: 'aa' }),
      () => spaceFromJson({ kind: 'sphere' }),
    ];
    for (const maker of makers) {
      expect(maker).toThrow(expect.objectContaining({ code: 'INVALID_SPACE' }));
    }
  });

  it('refuse masks that are not theirs', () => {
    const draws = [
      () => new Discrete(3).sample({ mask: [1, 1] }),
      () => new Discrete(3).sample({ mask: [1, 2, 1] }),
      () => new Discrete(2).sample({ mask: [1, 1], probabilities: [0.5, 0.5] }),
      () => new MultiDiscrete([2, 2]).sample({ mask: [[1, 1]] }),
      () => new MultiBinary(2).sample({ mask: [1] }),
      () => text().sample({ length: 9 }),
      () => text().sample({ mask: [0, 0, 0, 0, 0, 0] }),
      () => make('tuple').sample({ mask: [1] }),
      () => make('dict').sample({ mask: { a: [1] } }),
      () => new Sequence(new Discrete(2)).sample({ length: -1 }),
      () => new Graph(new Discrete(2)).sample({ nodeCount: 0 }),
    ];
    for (const draw of draws) {
      expect(draw).toThrow(expect.objectContaining({ code: 'INVALID_MASK' }));
    }
  });

  it('tell on which sides boxes are bounded', () => {
    const half = new Box({ low: 0, high: [1, Infinity] });
    expect([half.isBounded(), half.isBounded('below'), half.isBounded('above')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('do not flatten what has no fixed size, or zeros to a choice', () => {
    for (const one of [make('graph'), make('sequence')]) {
      for (const use of [() => flatSize(one), () => flatten(one, []), () => flattenSpace(one)]) {
        expect(use).toThrow(expect.objectContaining({ code: 'NOT_FLAT' }));
      }
      expect(() => unflatten(one, new Float32Array(1))).toThrow(
        expect.objectContaining({ code: 'NOT_FLAT' }),
      );
    }
    expect(() => unflatten(new Discrete(3), new Float32Array(3))).toThrow(
      expect.objectContaining({ code: 'NOT_FLAT' }),
    );
  });
});

import type { Tensor } from '@etalon/compiler';
import { emit, logicalNot, neg, randomKey, scan, traceProgram } from '@etalon/compiler';
import type { HostTensor, ProgramV1, ScanAttributes } from '@etalon/spec';
import type { Check, CheckContext } from '../checks/check.ts';
import { failure } from '../checks/check.ts';
import { runAndRead, withPrepared } from '../checks/run-program.ts';
import { lackOf } from '../checks/support.ts';
import type { DrawOperator, DrawVector } from './random-vectors.ts';
import { compareBits, drawVectors, wordsOf } from './random-vectors.ts';

/** A loop around a draw. */
type Level = Pick<ScanAttributes, 'draws' | 'reverse'> & { readonly length: number };

interface LoopCase {
  readonly id: string;
  /** A draw of `jax.random`, which one iteration must make. */
  readonly vector: string;
  /** Iteration of the run. */
  readonly start: readonly number[];
  readonly levels: readonly Level[];
  /** Index in each loop of the iteration that makes the draw of JAX. */
  readonly place: readonly number[];
}

const append = (length: number, reverse = false): Level => ({ draws: 'append', length, reverse });
const advance = (length: number, reverse = false): Level => ({ draws: 'advance', length, reverse });

const cases: readonly LoopCase[] = [
  {
    id: 'advance',
    vector: 'randomUniform/iteration',
    start: [1],
    levels: [advance(4)],
    place: [2],
  },
  {
    id: 'advance-reverse',
    vector: 'randomUniform/iteration',
    start: [2],
    levels: [advance(5, true)],
    place: [1],
  },
  {
    id: 'advance-second-index',
    vector: 'randomUniform/two-iterations',
    start: [3, 9],
    levels: [advance(3)],
    place: [2],
  },
  {
    id: 'advance-bernoulli',
    vector: 'randomBernoulli/iteration',
    start: [998],
    levels: [advance(3)],
    place: [2],
  },
  {
    id: 'append',
    vector: 'randomUniform/two-iterations',
    start: [3],
    levels: [append(12)],
    place: [11],
  },
  {
    id: 'append-to-none',
    vector: 'randomUniform/iteration',
    start: [],
    levels: [append(4)],
    place: [3],
  },
  {
    id: 'append-normal',
    vector: 'randomNormal/iteration',
    start: [],
    levels: [append(2)],
    place: [0],
  },
  {
    id: 'append-in-advance',
    vector: 'randomUniform/two-iterations',
    start: [1],
    levels: [advance(3), append(12, true)],
    place: [2, 11],
  },
  {
    id: 'advance-in-append',
    vector: 'randomUniform/two-iterations',
    start: [3],
    levels: [append(9), advance(4)],
    place: [8, 3],
  },
  {
    id: 'advance-in-advance',
    vector: 'randomUniform/iteration',
    start: [0],
    levels: [advance(2), advance(3)],
    place: [1, 2],
  },
  {
    id: 'append-in-append',
    vector: 'randomUniform/two-iterations',
    start: [],
    levels: [append(4), append(12)],
    place: [3, 11],
  },
];

/** The draw itself, and after an exact operator: a backend sees it as an input in both. */
interface Draws {
  readonly draw: Tensor;
  readonly changed: Tensor;
}

function drawIn(levels: readonly Level[], { operator, attributes }: DrawVector): Draws {
  const [level, ...inner] = levels;
  if (level === undefined) {
    const draw = emit<'randomNormal'>(operator as DrawOperator as 'randomNormal', [], attributes);
    return { draw, changed: draw.dtype === 'bool' ? logicalNot(draw) : neg(draw) };
  }
  return scan(
    () => ({ carried: {}, stacked: drawIn(inner, { operator, attributes } as DrawVector) }),
    {
      carried: {},
      ...level,
    },
  ).stacked;
}

/** Indices of the loops, in row-major order, each with the iteration that a plain run would have there. */
function placesIn(
  levels: readonly Level[],
  iteration: readonly number[],
): readonly { readonly place: readonly number[]; readonly iteration: readonly number[] }[] {
  const [level, ...inner] = levels;
  if (level === undefined) return [{ place: [], iteration }];
  return Array.from({ length: level.length }, (_, index) => {
    const next =
      level.draws === 'append'
        ? [...iteration, index]
        : iteration.map((each, at) => (at === iteration.length - 1 ? each + index : each));
    return placesIn(inner, next).map((found) => ({ ...found, place: [index, ...found.place] }));
  }).flat();
}

function check(each: LoopCase): Check {
  const id = `scan/draws-${each.id}`;
  const vector = drawVectors[each.vector];
  const trace = (levels: readonly Level[]): ProgramV1 =>
    traceProgram(id, {}, () => ({ ...(vector && drawIn(levels, vector)) }));
  const looped = trace(each.levels);
  const plain = trace([]);
  return {
    id,
    suite: 'random bits',
    proves: [],
    unsupported: (manifest) => lackOf(manifest, looped, { special: false, subnormal: false }),
    run: (context) => compare(id, each, { looped, plain }, context),
  };
}

async function compare(
  id: string,
  { vector, start, levels, place }: LoopCase,
  { looped, plain }: { readonly looped: ProgramV1; readonly plain: ProgramV1 },
  { backend }: CheckContext,
): Promise<void> {
  const { seed, bits } = drawVectors[vector] ?? { seed: 0, bits: [] };
  const key = randomKey(seed);
  const whole = await withPrepared(looped, backend, (prepared) =>
    runAndRead(prepared, {}, { key, iteration: start }),
  );
  await withPrepared(plain, backend, async (prepared) => {
    for (const [at, found] of placesIn(levels, start).entries()) {
      const single = await runAndRead(prepared, {}, { key, iteration: found.iteration });
      for (const name of ['draw', 'changed']) {
        const [all, one] = [whole[name], single[name]];
        if (all === undefined || one === undefined) {
          throw failure(id, backend, `output "${name}" is missing, got none.`);
        }
        const slice = all.data.slice(at * bits.length, (at + 1) * bits.length);
        const isGolden = name === 'draw' && found.place.join() === place.join();
        const expected = isGolden ? Uint32Array.from(bits) : wordsOf(one);
        const difference = compareBits(
          `${name} of iteration ${found.place.join(', ')}`,
          { ...all, data: slice } as HostTensor,
          expected,
        );
        if (difference !== undefined) throw failure(id, backend, difference);
      }
    }
  });
}

/** Draws in loops are those of plain runs at the same iteration, and JAX's where its bits are known. */
export const randomLoopChecks: readonly Check[] = cases.map(check);

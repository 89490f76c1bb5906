import {
  emit,
  logicalNot,
  neg,
  randomBernoulli,
  randomKey,
  randomUniform,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import type { HostTensor, OperatorName, ProgramV1 } from '@etalon/spec';
import type { Check, CheckContext } from '../checks/check.ts';
import { failure } from '../checks/check.ts';
import { runAndRead, withPrepared } from '../checks/run-program.ts';
import { lackOf } from '../checks/support.ts';
import vectors from '../vectors/random.json' with { type: 'json' };

/** A draw of `jax.random`, as the vector file holds it. */
interface DrawVector {
  readonly operator: string;
  readonly attributes: { readonly shape: readonly number[]; readonly stream: string };
  readonly seed: number;
  readonly iteration: readonly number[];
  /** Bits of float32 numbers, or 0 and 1. */
  readonly bits: readonly number[];
}

const draws: Readonly<Record<string, DrawVector>> = vectors.cases;

type DrawOperator = 'randomUniform' | 'randomNormal' | 'randomBernoulli';

// The draw itself, and after an exact operator: a backend sees it as an input in both.
function programOf(id: string, { operator, attributes }: DrawVector, offset = 0): ProgramV1 {
  return traceProgram(id, {}, () => {
    const all = offset === 0 ? attributes : { ...attributes, iterationOffset: offset };
    const draw = emit<'randomNormal'>(operator as DrawOperator as 'randomNormal', [], all);
    return { draw, changed: draw.dtype === 'bool' ? logicalNot(draw) : neg(draw) };
  });
}

function check(id: string, vector: DrawVector, iteration = vector.iteration, offset = 0): Check {
  const program = programOf(id, vector, offset);
  const dtype = vector.operator === 'randomBernoulli' ? 'bool' : 'float32';
  return {
    id,
    suite: 'random bits',
    proves: [{ operator: vector.operator as OperatorName, dtype }],
    unsupported: (manifest) => lackOf(manifest, program, { special: false, subnormal: false }),
    run: async ({ backend }) => {
      const key = randomKey(vector.seed);
      const results = await withPrepared(program, backend, (prepared) =>
        runAndRead(prepared, {}, { key, iteration }),
      );
      const expected = Uint32Array.from(vector.bits);
      const changed = expected.map((word) => (dtype === 'bool' ? 1 - word : (word ^ SIGN) >>> 0));
      const difference =
        compareBits('draw', results.draw, expected) ??
        compareBits('changed', results.changed, changed);
      if (difference !== undefined) throw failure(id, backend, difference);
    },
  };
}

/** Sign bit of a float32. */
const SIGN = 0x80000000;

/** Words of a tensor: bits of float32 numbers, other elements as they are. */
export function wordsOf({ dtype, data }: HostTensor): Uint32Array {
  return dtype === 'float32'
    ? new Uint32Array(data.buffer, data.byteOffset, data.length)
    : Uint32Array.from(data);
}

/** Compares a tensor's bits; tells what differs. */
export function compareBits(
  name: string,
  tensor: HostTensor | undefined,
  expected: Uint32Array,
): string | undefined {
  if (tensor === undefined) return `output "${name}" is missing, got none.`;
  const words = wordsOf(tensor);
  if (words.length !== expected.length) {
    return `output "${name}" has the wrong size, got ${words.length} elements.\nExpected ${expected.length}.`;
  }
  const at = words.findIndex((word, i) => word !== expected[i]);
  if (at < 0) return undefined;
  return `output "${name}": the bits differ, got ${hexadecimal(words[at])} at element ${at}.\nExpected ${hexadecimal(expected[at])}.`;
}

function hexadecimal(word: number | undefined): string {
  return `0x${(word ?? 0).toString(16).padStart(8, '0')}`;
}

const golden = Object.entries(draws).map(([id, vector]) => check(id, vector));

const numbered = draws['randomUniform/iteration'];

// A program of several training steps numbers them by an offset to the last index.
const offsets =
  numbered === undefined
    ? []
    : [
        check('randomUniform/iteration-offset', numbered, [0], 3),
        check('randomUniform/iteration-and-offset', numbered, [1], 2),
      ];

const streams = traceProgram('streams', { x: tensor('float32', ['batch', 2]) }, ({ x }) => ({
  noise: randomUniform(['batch', 3], { stream: 'noise' }),
  mask: randomBernoulli(['batch', 5], { probability: 0.5, stream: 'mask' }),
  x: neg(x),
}));

const repeated: Check = {
  id: 'randomUniform/every-batch-size',
  suite: 'random bits',
  proves: [],
  unsupported: (manifest) => lackOf(manifest, streams, { special: false, subnormal: false }),
  run: (context) => checkSizes(context),
};

// Two streams and a named size: rows do not depend on how many are drawn.
async function checkSizes({ backend }: CheckContext): Promise<void> {
  await withPrepared(streams, backend, async (prepared) => {
    const sizes = [4, 1, 0, 4];
    const results = [];
    for (const batch of sizes) {
      const x: HostTensor = {
        dtype: 'float32',
        shape: [batch, 2],
        data: new Float32Array(batch * 2),
      };
      results.push(await runAndRead(prepared, { x }, { key: randomKey(11) }));
    }
    const [whole] = results;
    for (const [at, result] of results.entries()) {
      for (const [name, width] of [
        ['noise', 3],
        ['mask', 5],
      ] as const) {
        const full = whole?.[name];
        if (full === undefined) throw failure(repeated.id, backend, `output "${name}" is missing.`);
        const expected = wordsOf(full).slice(0, (sizes[at] ?? 0) * width);
        const difference = compareBits(name, result[name], expected);
        if (difference !== undefined) throw failure(repeated.id, backend, difference);
      }
    }
  });
}

/** Draws equal JAX's bit for bit, whatever the backend. */
export const randomChecks: readonly Check[] = [...golden, ...offsets, repeated];

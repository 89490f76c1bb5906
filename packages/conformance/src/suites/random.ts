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
import type { DrawOperator, DrawVector } from './random-vectors.ts';
import { compareBits, drawVectors, wordsOf } from './random-vectors.ts';

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

const golden = Object.entries(drawVectors).map(([id, vector]) => check(id, vector));

const numbered = drawVectors['randomUniform/iteration'];

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

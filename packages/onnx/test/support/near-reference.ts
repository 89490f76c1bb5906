import { evaluateWithBounds, isWithinBound } from '@etalon/reference';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { expect } from 'vitest';
import { floats } from './program-builder.ts';
import { openOnnx } from './run-onnx.ts';

/** Actual tensors by input name. */
export type Feeds = Readonly<Record<string, HostTensor>>;

/**
 * Expects ONNX Runtime to compute, on each set of inputs, what the float64 reference computes, within the
 * bound that a running error analysis gives.
 *
 * @returns the share of the compared numbers whose bound is finite.
 */
export async function expectNearReference(
  program: ProgramV1,
  runs: readonly Feeds[],
  options: Parameters<typeof openOnnx>[1] = {},
): Promise<number> {
  const session = await openOnnx(program, options);
  let compared = 0;
  let bounded = 0;
  for (const feeds of runs) {
    const actual = await session.run(feeds);
    const expected = evaluateWithBounds(program, feeds, { precision: 'cpu' });
    for (const [name, { shape, dtype, data, bound }] of Object.entries(expected)) {
      const result = actual[name];
      expect({ name, dtype: result?.dtype, shape: result?.shape }).toEqual({ name, dtype, shape });
      const wrong = [...data.entries()]
        .map(([index, value]) => ({ index, value, actual: Number(result?.data[index]) }))
        .filter((e) => !isWithinBound(e.actual, e.value, bound[e.index] ?? 0));
      expect({ name, wrong: wrong.slice(0, 5), bounds: wrong.map((e) => bound[e.index]) }).toEqual({
        name,
        wrong: [],
        bounds: [],
      });
      compared += data.length;
      bounded += bound.filter(Number.isFinite).length;
    }
  }
  await session.release();
  return bounded / compared;
}

/** Returns a float32 tensor of reproducible noise between -1 and 1. */
export function noise(shape: readonly number[], seed: number): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  // Numerical Recipes' linear congruential generator: enough to fill a test.
  let state = (seed * 2654435761) >>> 0;
  const data = Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return floats(shape, data);
}

import { NORM_BUDGETS, relativeNorm } from '@etalon/conformance';
import type { BackendV1, HostTensor, PreparedProgram, ProgramV1 } from '@etalon/core';
import { prepare } from '@etalon/core';
import { batches, takeExamples } from '@etalon/datasets';
import type { Digits } from './data.ts';
import type { Engine } from './engines.ts';

/** What one engine did with the trained network. */
export interface EngineResult {
  readonly name: string;
  readonly images: number;
  readonly accuracy: number;
  /** Largest difference of a logit from the reference's. */
  readonly maxAbsoluteDifference: number;
  /** Norm of the difference relative to the norm of the reference's logits, the largest of any batch. */
  readonly normwiseDifference: number;
  /** Largest norm-wise difference that the conformance suite allows a network on such an engine. */
  readonly budget: number;
  /** Median milliseconds of one run, by batch size. */
  readonly latencyMs: { readonly batch1: number; readonly batch64: number };
}

// Digits 0 to 9.
const classes = 10;

// Also the number of images that one norm is taken over.
const batchSize = 250;

/**
 * Runs the frozen network on one engine after the other and measures each against the first, the reference. An engine whose
 * backend is open already is left open.
 */
export async function compareEngines(
  program: ProgramV1,
  data: Digits,
  engines: readonly [Engine, ...Engine[]],
  open: BackendV1,
): Promise<readonly EngineResult[]> {
  const results: EngineResult[] = [];
  let truth: Float64Array | undefined;
  for (const engine of engines) {
    const backend = engine.name === open.name ? open : await engine.create();
    try {
      const found = await judge(program, data, backend, engine);
      truth ??= found.logits;
      results.push({
        name: backend.name,
        images: found.logits.length / classes,
        accuracy: found.accuracy,
        ...differencesOf(found.logits, truth),
        budget: NORM_BUDGETS[backend.manifest.precision],
        latencyMs: found.latencyMs,
      });
    } finally {
      if (backend !== open) await backend.dispose();
    }
  }
  return results;
}

interface Found {
  readonly logits: Float64Array;
  readonly accuracy: number;
  readonly latencyMs: EngineResult['latencyMs'];
}

async function judge(
  program: ProgramV1,
  data: Digits,
  backend: BackendV1,
  { images, repetitions }: Engine,
): Promise<Found> {
  const prepared = await prepare(program, backend);
  const examples = takeExamples(data.test, Math.min(images, data.test.size));
  const logits = new Float64Array(examples.size * classes);
  let right = 0;
  let at = 0;
  for (const { image, label } of batches(examples, { batchSize })) {
    const found = await runOnce(prepared, image);
    logits.set(found.data, at * classes);
    right += countRight(found.data, label.data);
    at += label.data.length;
  }
  const latencyMs = {
    batch1: await medianLatency(prepared, data, 1, repetitions),
    batch64: await medianLatency(prepared, data, 64, repetitions),
  };
  prepared.dispose();
  return { logits, accuracy: right / examples.size, latencyMs };
}

/** Scores of some test images, ten for each. */
export async function predictDigits(
  program: ProgramV1,
  backend: BackendV1,
  data: Digits,
  indices: readonly number[],
): Promise<HostTensor['data']> {
  const prepared = await prepare(program, backend);
  const { image } = data.test.gather(Uint32Array.from(indices));
  const logits = await runOnce(prepared, image);
  prepared.dispose();
  return logits.data;
}

async function runOnce(prepared: PreparedProgram, image: HostTensor): Promise<HostTensor> {
  const { logits } = await prepared.run({ image });
  if (logits === undefined) throw new Error('digits: the program has no output "logits".');
  const tensor = await logits.read();
  logits.dispose();
  return tensor;
}

function countRight(logits: HostTensor['data'], labels: Int32Array): number {
  return labels.filter(
    (label, row) => classOf(logits.subarray(row * classes, (row + 1) * classes)) === label,
  ).length;
}

/** Index of the largest score. */
export function classOf(scores: ArrayLike<number>): number {
  let best = 0;
  for (let digit = 1; digit < scores.length; digit++) {
    if ((scores[digit] ?? 0) > (scores[best] ?? 0)) best = digit;
  }
  return best;
}

async function medianLatency(
  prepared: PreparedProgram,
  data: Digits,
  size: number,
  repetitions: number,
): Promise<number> {
  const { image } = data.test.gather(Uint32Array.from({ length: size }, (_, index) => index));
  const times: number[] = [];
  for (let run = 0; run < repetitions; run++) {
    const began = performance.now();
    await runOnce(prepared, image);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(repetitions / 2)] ?? Number.NaN;
}

/** Compares the images that both have. */
function differencesOf(
  found: Float64Array,
  truth: Float64Array,
): Pick<EngineResult, 'maxAbsoluteDifference' | 'normwiseDifference'> {
  const end = Math.min(found.length, truth.length);
  const absolute: number[] = [];
  const normwise: number[] = [];
  for (let start = 0; start < end; start += batchSize * classes) {
    const rows = (logits: Float64Array) =>
      logits.subarray(start, Math.min(start + batchSize * classes, end));
    const [own, expected] = [rows(found), rows(truth)];
    absolute.push(...Array.from(own, (value, i) => Math.abs(value - (expected[i] ?? 0))));
    normwise.push(relativeNorm(own, expected));
  }
  return { maxAbsoluteDifference: largest(absolute), normwiseDifference: largest(normwise) };
}

// Math.max gives NaN when any value is NaN, so that none can hide.
function largest(values: readonly number[]): number {
  return values.reduce((found, value) => Math.max(found, value), 0);
}

import { NORM_BUDGETS, relativeNorm } from '@etalon/conformance';
import type { BackendV1, HostTensor, PreparedProgram, ProgramV1 } from '@etalon/core';
import { prepare } from '@etalon/core';
import { batches, takeExamples } from '@etalon/datasets';
import type { Digits } from './data.ts';

/** An engine to judge. */
export interface Engine {
  readonly backend: BackendV1;
  /** Images that it classifies; a slow engine gets fewer. */
  readonly images: number;
  /** Runs that the median latency is taken of. */
  readonly repetitions: number;
}

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

/** Runs the frozen network on every engine and measures it against the first, the reference. */
export async function compareEngines(
  program: ProgramV1,
  data: Digits,
  engines: readonly [Engine, ...Engine[]],
): Promise<readonly EngineResult[]> {
  const [reference] = engines;
  const truth = await logitsOf(program, data, reference);
  const results: EngineResult[] = [];
  for (const engine of engines) {
    const found = engine === reference ? truth : await logitsOf(program, data, engine);
    const images = Math.min(found.logits.length, truth.logits.length) / classes;
    const differences = batchStarts(images).map((start) => {
      const rows = (logits: Float64Array) =>
        logits.subarray(start * classes, Math.min(start + batchSize, images) * classes);
      return differenceOf(rows(found.logits), rows(truth.logits));
    });
    results.push({
      name: engine.backend.name,
      images: found.logits.length / classes,
      accuracy: found.accuracy,
      maxAbsoluteDifference: largest(differences.map(({ absolute }) => absolute)),
      normwiseDifference: largest(differences.map(({ normwise }) => normwise)),
      budget: NORM_BUDGETS[engine.backend.manifest.precision],
      latencyMs: found.latencyMs,
    });
  }
  return results;
}

interface Found {
  readonly logits: Float64Array;
  readonly accuracy: number;
  readonly latencyMs: EngineResult['latencyMs'];
}

async function logitsOf(program: ProgramV1, data: Digits, engine: Engine): Promise<Found> {
  const prepared = await prepare(program, engine.backend);
  const examples = takeExamples(data.test, Math.min(engine.images, data.test.size));
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
    batch1: await medianLatency(prepared, data, 1, engine.repetitions),
    batch64: await medianLatency(prepared, data, 64, engine.repetitions),
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

function batchStarts(images: number): readonly number[] {
  return Array.from({ length: Math.ceil(images / batchSize) }, (_, batch) => batch * batchSize);
}

function differenceOf(
  found: Float64Array,
  truth: Float64Array,
): { readonly absolute: number; readonly normwise: number } {
  const absolute = largest(Array.from(found, (value, i) => Math.abs(value - (truth[i] ?? 0))));
  return { absolute, normwise: relativeNorm(found, truth) };
}

// Math.max gives NaN when any value is NaN, so that none can hide.
function largest(values: readonly number[]): number {
  return values.reduce((found, value) => Math.max(found, value), 0);
}

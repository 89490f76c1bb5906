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
  /** The same, divided by the largest logit of the reference: what the budget limits. */
  readonly normwiseDifference: number;
  /** Largest norm-wise difference allowed. */
  readonly budget: number;
  /** Median milliseconds of one run, by batch size. */
  readonly latencyMs: { readonly batch1: number; readonly batch64: number };
}

/**
 * Largest norm-wise difference from the float64 reference that an engine may show, by precision class. Four layers of
 * sums in float32 (unit roundoff 6e-8) with some hundred terms each stay well below the first figure; the reference is
 * allowed its own rounding to float32 alone.
 */
const budgets = { exact: 1e-7, cpu: 1e-5, gpu: 1e-4 } as const;

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
    const shared = Math.min(found.logits.length, truth.logits.length);
    const difference = largest(shared, (i) =>
      Math.abs((found.logits[i] ?? Number.NaN) - (truth.logits[i] ?? Number.NaN)),
    );
    const scale = largest(shared, (i) => Math.abs(truth.logits[i] ?? 0));
    results.push({
      name: engine.backend.name,
      images: found.logits.length / 10,
      accuracy: found.accuracy,
      maxAbsoluteDifference: difference,
      normwiseDifference: difference / scale,
      budget: budgets[engine.backend.manifest.precision],
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
  const logits = new Float64Array(examples.size * 10);
  let right = 0;
  let at = 0;
  for (const { image, label } of batches(examples, { batchSize })) {
    const found = await runOnce(prepared, image);
    logits.set(found.data, at * 10);
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
  return labels.filter((label, row) => classOf(logits.subarray(row * 10, row * 10 + 10)) === label)
    .length;
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

// NaN counts as the largest, so that it cannot hide.
function largest(count: number, of: (index: number) => number): number {
  let found = 0;
  for (let index = 0; index < count; index++) {
    const value = of(index);
    if (!(value <= found)) found = value;
  }
  return found;
}

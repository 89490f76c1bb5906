import type { BackendManifestV1 } from '@etalon/spec';

/**
 * Steps that one program holds where the engine runs them inside: for a dense net on ONNX Runtime's CPU provider 8 steps
 * in a call take 58 % of the time of single ones and 16 take 53 %, while building the program takes 0.015 s for each
 * step in it (docs/decisions/0006-steps-per-call.md).
 */
const stepsInside = 8;

/** Calls that a fit must make for the larger program to pay for its building. */
const fewestCalls = 8;

/**
 * Chooses how many steps a call makes.
 *
 * @param numBatches - batches in an epoch; `undefined` for a stream.
 */
export function resolveStepsPerCall(
  steps: number | 'auto' | undefined,
  { loopPolicy }: BackendManifestV1,
  numBatches: number | undefined,
  epochs: number,
): number {
  if (steps !== undefined && steps !== 'auto') return steps;
  if (loopPolicy === 'stepwise') return 1;
  const numCalls = Math.floor((numBatches ?? Number.POSITIVE_INFINITY) / stepsInside) * epochs;
  return numCalls >= fewestCalls ? stepsInside : 1;
}

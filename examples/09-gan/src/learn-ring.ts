import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import { normal, prepare, randomKey } from '@etalon/core';
import { verifyExported } from '@etalon/examples-shared';
import type { RingResult } from './ring.ts';
import { judgePoints } from './ring.ts';
import { generator, ringTraining } from './ring-step.ts';

/** Figures of the ring. */
export interface LearnedRing extends RingResult {
  readonly steps: number;
  readonly seconds: number;
  /** Losses of both players, means over parts of the training. */
  readonly losses: readonly { readonly discriminator: number; readonly generator: number }[];
  /** Largest difference of the exported generator, as a share of its largest coordinate. */
  readonly exportDifference: number;
  /** Some samples. */
  readonly points: readonly (readonly [number, number])[];
}

const stepsPerRun = 50;
const samples = 10_000;

/** Trains both players, and judges what the average of the generators makes of 10,000 draws of noise. */
export async function learnRing(
  backend: BackendV1,
  { steps, print }: { readonly steps: number; readonly print: (line: string) => void },
): Promise<LearnedRing> {
  const { program, first } = ringTraining(steps, stepsPerRun);
  const began = performance.now();
  const loop = await program.prepareLoop(backend, { state: first });
  const losses: { readonly discriminator: number; readonly generator: number }[] = [];
  const key = randomKey(3);
  for (let done = 0; done < steps; done += stepsPerRun) {
    const run = await loop.run({}, { key, iteration: [done] });
    const [discriminator, maker] = [run.losses.discriminator, run.losses.generator].map(mean);
    losses.push({ discriminator: discriminator ?? 0, generator: maker ?? 0 });
    if ((done + stepsPerRun) % (steps / 10) === 0) {
      print(
        `step ${done + stepsPerRun}: discriminator ${discriminator?.toFixed(3)}, generator ${maker?.toFixed(3)}`,
      );
    }
  }
  const { state } = await loop.state();
  const seconds = (performance.now() - began) / 1000;
  loop.dispose();
  const variables: Variables<HostTensor> = { parameters: state.average, state: {} };
  const noise = noiseOf(samples);
  const made = await sample(backend, variables, noise);
  return {
    ...judgePoints(made),
    steps,
    seconds,
    losses: losses.filter((_, at) => at % Math.ceil(losses.length / 20) === 0),
    exportDifference: await verifyExported(generator.freeze(variables), { noise }, { point: made }),
    points: Array.from({ length: 32 }, (_, at) => [
      rounded(made.data[2 * at]),
      rounded(made.data[2 * at + 1]),
    ]),
  };
}

async function sample(
  backend: BackendV1,
  variables: Variables<HostTensor>,
  noise: HostTensor,
): Promise<HostTensor> {
  const prepared = await prepare(generator.freeze(variables), backend);
  const { point } = await prepared.run({ noise });
  const made = await point?.read();
  point?.dispose();
  prepared.dispose();
  return made as HostTensor;
}

function noiseOf(count: number): HostTensor {
  const shape = [count, 8];
  const data = normal({ standardDeviation: 1 }).sample(randomKey(9), shape);
  return { dtype: 'float32', shape, data };
}

function mean({ data }: HostTensor): number {
  return [...data].reduce((sum, value) => sum + value, 0) / data.length;
}

function rounded(value: number | undefined): number {
  return Number((value ?? 0).toFixed(3));
}

import { prepare } from '@etalon/compiler';
import type { BackendV1, HostTensor, PrecisionClass, RunInputs } from '@etalon/spec';
import type { Check } from '../checks/check.ts';
import { failure } from '../checks/check.ts';
import { lackOf } from '../checks/support.ts';
import type { Network, OptimizerName } from '../networks/definitions.ts';
import { networks } from '../networks/definitions.ts';
import type { Training, Trajectory } from '../networks/training.ts';
import { parametersOf, referenceTrajectory, trainingOf } from '../networks/training.ts';
import { compareNorm } from './networks.ts';

/** Steps of a golden run. */
const STEPS = 30;

/**
 * Band of a loss curve, relative to the loss of the first step, and of the parameters after the last step,
 * norm-wise. The reference is within 3e-7 of PyTorch in float64, since programs' constants are float32; ONNX Runtime
 * 1.30 on a CPU is too. The GPU class allows for tanh and exp of the WebGPU Shading Language.
 */
export const TRAINING_BANDS: Readonly<Record<PrecisionClass, number>> = {
  exact: 1e-6,
  cpu: 5e-6,
  gpu: 1e-3,
};

/** Trains on a backend, state kept on the device and consumed by aliases. */
export async function train(
  backend: BackendV1,
  training: Training,
  steps: number,
): Promise<Trajectory> {
  const { program, data, rates } = training;
  const aliases = Object.fromEntries(Object.keys(training.state).map((name) => [name, name]));
  const prepared = await prepare(program, backend, { aliases });
  try {
    let state: RunInputs = training.state;
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const { loss, ...next } = await prepared.run({ ...state, ...data, ...rates(step) });
      losses.push((await loss?.read())?.data[0] ?? Number.NaN);
      loss?.dispose();
      state = next;
    }
    const last: [string, HostTensor][] = [];
    for (const [name, tensor] of Object.entries(state)) {
      if (!('read' in tensor)) continue;
      last.push([name, await tensor.read()]);
      tensor.dispose();
    }
    return { losses, parameters: parametersOf(Object.fromEntries(last)) };
  } finally {
    prepared.dispose();
  }
}

function compare(
  got: Trajectory,
  expected: Trajectory,
  source: string,
  band: number,
): string | undefined {
  const room = band * Math.abs(expected.losses[0] ?? 1);
  const at = expected.losses.findIndex(
    (loss, step) => !(Math.abs((got.losses[step] ?? Number.NaN) - loss) <= room),
  );
  if (at >= 0) {
    return `the loss curve leaves the band around ${source} at step ${at + 1}, got ${got.losses[at]}.\nExpected ${expected.losses[at]} ± ${room.toExponential(1)}.`;
  }
  for (const [name, { data }] of Object.entries(expected.parameters)) {
    const difference = compareNorm(name, got.parameters[name]?.data, data, band);
    if (difference !== undefined) return `after ${STEPS} steps, against ${source}: ${difference}`;
  }
  return undefined;
}

function trainingCheck(network: Network, optimizer: OptimizerName): Check {
  const training = trainingOf(network, optimizer);
  const id = `training/${network.name}-${optimizer}`;
  return {
    id,
    suite: 'training',
    proves: [],
    unsupported: (manifest) =>
      lackOf(manifest, training.program, { special: false, subnormal: false }),
    run: async ({ backend, factor }) => {
      const got = await train(backend, training, STEPS);
      const band = TRAINING_BANDS[backend.manifest.precision] * factor;
      const difference =
        compare(got, network.training[optimizer], 'PyTorch in float64', band) ??
        compare(got, referenceTrajectory(network, optimizer, STEPS), 'the reference', band);
      if (difference !== undefined) throw failure(id, backend, difference);
    },
  };
}

/** Loss curves of the same seed and data. */
export const trainingChecks: readonly Check[] = networks.flatMap((network) => [
  trainingCheck(network, 'sgd'),
  trainingCheck(network, 'adam'),
]);

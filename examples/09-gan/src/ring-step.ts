import {
  adam,
  defineModel,
  defineProgram,
  dense,
  linearDecay,
  randomNormal,
  scan,
  sequential,
  tensor,
} from '@etalon/core';
import type { Players, PlayersState, Round } from './players.ts';
import { bothPlayers, declarePlayers, firstPlayers } from './players.ts';
import { drawPoints } from './ring.ts';

const batchSize = 256;
const noiseSize = 8;

const hidden = { activation: 'leakyRelu' } as const;

/** Turns noise into points of the plane. */
export const generator = defineModel({
  name: 'generator',
  inputs: { noise: tensor('float32', ['batch', noiseSize]) },
  build: ({ noise }) => ({
    point: sequential(dense(64, hidden), dense(64, hidden), dense(2))(noise),
  }),
});

/** Tells points of the ring from others. */
export const discriminator = defineModel({
  name: 'discriminator',
  inputs: { point: tensor('float32', ['batch', 2]) },
  build: ({ point }) => ({
    logit: sequential(dense(128, hidden), dense(128, hidden), dense(1))(point),
  }),
});

function roundOfPoints(): Round {
  return {
    make: (variables, stream) => {
      const noise = randomNormal([batchSize, noiseSize], { stream });
      const { outputs, state } = generator.apply(variables, { noise });
      return { batch: outputs.point, state };
    },
    judge: (parameters, point) =>
      discriminator.apply({ parameters, state: {} }, { point }).outputs.logit,
    real: drawPoints(batchSize),
    // Half of γ of the paper.
    penaltyWeight: 0.05,
  };
}

/** A program of many steps of both players, and their state before the first. */
export function ringTraining(steps: number, stepsPerRun: number) {
  const learningRate = linearDecay({ initialRate: 1e-3, endRate: 1e-5, decaySteps: steps });
  const players: Players = {
    generator,
    discriminator,
    optimizer: adam({ learningRate, beta1: 0.5, beta2: 0.99 }),
    averageMomentum: 0.998,
  };
  const program = defineProgram(
    { state: declarePlayers(players) },
    (inputs) => {
      const { carried, stacked } = scan(
        (current: PlayersState) => {
          const next = bothPlayers(players, current, roundOfPoints());
          return { carried: next.state, stacked: next.losses };
        },
        { carried: inputs.state, length: stepsPerRun, draws: 'advance' },
      );
      return { state: carried, losses: stacked };
    },
    { name: 'ring' },
  );
  return { program, first: firstPlayers(players, 1) };
}

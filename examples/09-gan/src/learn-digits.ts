import type { BackendV1, HostTensor, Tensor, Variables } from '@etalon/core';
import { adam, defineProgram, linearDecay, randomKey, tensor } from '@etalon/core';
import type { Batch, Dataset } from '@etalon/datasets';
import { batches, shuffledIndices } from '@etalon/datasets';
import type { DigitBatch, DigitGame } from './digit-games.ts';
import type { Seen } from './digit-networks.ts';
import type { Parameters, Players, Round } from './players.ts';
import { bothPlayers, declarePlayers, firstPlayers } from './players.ts';

/** Digits with brightness from 0 to 1. */
export type Digits = Dataset<{
  readonly image: { readonly dtype: 'float32'; readonly shape: readonly number[] };
  readonly label: { readonly dtype: 'int32'; readonly shape: readonly number[] };
}>;

/** How long, and from what. */
export interface LearnDigitsOptions {
  readonly digits: Digits;
  readonly steps: number;
  readonly print: (line: string) => void;
}

/** A generator that has learned. */
export interface LearnedDigits {
  readonly variables: Variables<HostTensor>;
  readonly seconds: number;
}

const batchSize = 64;

/** Lets both networks learn, a batch in each step; returns the average of the generators. */
export async function learnDigits(
  backend: BackendV1,
  game: DigitGame,
  { digits, steps, print }: LearnDigitsOptions,
): Promise<LearnedDigits> {
  const { name } = game.generator;
  const { program, first } = training(game, steps);
  const began = performance.now();
  const loop = await program.prepareLoop(backend, { state: first });
  const key = randomKey(5);
  let done = 0;
  for (const { image, label } of batchesFor(digits, steps)) {
    const { losses } = await loop.run({ image, label }, { key, iteration: [done] });
    done += 1;
    if (done % Math.ceil(steps / 10) === 0 || done === steps) {
      const [judge, maker] = [losses.discriminator, losses.generator].map(({ data }) =>
        data[0]?.toFixed(3),
      );
      print(`${name}, step ${done}: discriminator ${judge}, generator ${maker}`);
    }
  }
  const { state } = await loop.state();
  loop.dispose();
  const seconds = (performance.now() - began) / 1000;
  return { variables: { parameters: state.average, state: state.generator.state }, seconds };
}

function* batchesFor(digits: Digits, steps: number): Generator<Batch<Digits['fields']>> {
  for (let epoch = 0, done = 0; done < steps; epoch++) {
    const order = shuffledIndices(digits.size, { seed: epoch });
    for (const batch of batches(digits, { batchSize, dropRemainder: true, order })) {
      if (done === steps) return;
      done += 1;
      yield batch;
    }
  }
}

function training({ generator, discriminator, ...game }: DigitGame, steps: number) {
  const learningRate = linearDecay({ initialRate: 2e-3, endRate: 1e-5, decaySteps: steps });
  const players: Players = {
    generator,
    discriminator,
    optimizer: adam({ learningRate, beta1: 0.5, beta2: 0.99 }),
    // Of about the last twentieth of the steps.
    averageMomentum: 1 - 20 / steps,
  };
  const round = (batch: DigitBatch): Round => {
    const told = game.told(batch);
    const { distance } = game;
    const seenBy = (parameters: Parameters, image: Tensor): Seen =>
      discriminator.apply({ parameters, state: {} }, { ...told, image }).outputs;
    return {
      make: (variables, stream) => {
        const inputs = { ...told, ...game.noise(batchSize, stream) };
        const { outputs, state } = generator.apply(variables, inputs, { mode: 'train' });
        const { shared } = game;
        return {
          batch: outputs.image,
          state,
          ...(shared && {
            shared: (parameters) => shared(inputs, seenBy(parameters, outputs.image)),
          }),
        };
      },
      judge: (parameters, image) => seenBy(parameters, image).logit,
      real: batch.image,
      penaltyWeight: 0.1,
      ...(distance && { distance: (made) => distance(made, batch.image) }),
    };
  };
  const program = defineProgram(
    {
      state: declarePlayers(players),
      image: tensor('float32', [batchSize, 28, 28, 1]),
      label: tensor('int32', [batchSize]),
    },
    ({ state, image, label }) => bothPlayers(players, state, round({ image, label })),
    { name: generator.name },
  );
  return { program, first: firstPlayers(players, 1) };
}

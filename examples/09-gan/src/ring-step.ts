import type { Tensor, TensorsOf } from '@etalon/core';
import {
  adam,
  add,
  applyUpdates,
  defineModel,
  defineProgram,
  dense,
  gradient,
  initializeOptimizer,
  linearDecay,
  mul,
  neg,
  optimizerState,
  randomNormal,
  reduceMean,
  reduceSum,
  scan,
  sequential,
  softplus,
  square,
  stateOf,
  stopGradient,
  sub,
  tensor,
  valueAndGradient,
} from '@etalon/core';
import { drawPoints } from './ring.ts';

const batchSize = 256;
const noiseSize = 8;
// Weight of the penalty: half of γ of the paper.
const penaltyWeight = 0.05;
const averageMomentum = 0.998;

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

type Parameters = Readonly<Record<string, Tensor>>;

function declareState(steps: number) {
  const rate = linearDecay({ initialRate: 1e-3, endRate: 1e-5, decaySteps: steps });
  const optimizer = adam({ learningRate: rate, beta1: 0.5, beta2: 0.99 });
  return {
    optimizer,
    state: {
      generator: stateOf(generator).parameters,
      discriminator: stateOf(discriminator).parameters,
      average: stateOf(generator).parameters,
      generatorAdam: optimizerState(optimizer, stateOf(generator).parameters),
      discriminatorAdam: optimizerState(optimizer, stateOf(discriminator).parameters),
    },
  };
}

type Declared = ReturnType<typeof declareState>;
type State = TensorsOf<Declared['state']>;

/** Values of both players before the first step. */
export function firstPlayers({ optimizer }: Pick<Declared, 'optimizer'>, seed: number) {
  const made = generator.initialize(seed).parameters;
  const judge = discriminator.initialize(seed + 1).parameters;
  return {
    generator: made,
    discriminator: judge,
    average: made,
    generatorAdam: initializeOptimizer(optimizer, made),
    discriminatorAdam: initializeOptimizer(optimizer, judge),
  };
}

// Both networks learn in one step: the discriminator from points of the ring and of the generator, then the generator from what the
// discriminator now thinks. Losses of Goodfellow et al. 2014 (not saturating), with the penalty R1 of Mescheder et al. 2018: the slope
// of the logits at points of the ring, squared, whose gradient is a gradient of a gradient.
function bothPlayers(optimizer: Declared['optimizer'], current: State) {
  const made = (parameters: Parameters, stream: string): Tensor => {
    const noise = randomNormal([batchSize, noiseSize], { stream });
    return generator.apply({ parameters, state: {} }, { noise }).outputs.point;
  };
  const opinion = (parameters: Parameters, point: Tensor): Tensor =>
    discriminator.apply({ parameters, state: {} }, { point }).outputs.logit;
  const real = drawPoints(batchSize);
  const fake = stopGradient(made(current.generator, 'fake'));
  const judged = valueAndGradient((parameters: Parameters) => {
    const slopes = gradient((point: Tensor) => reduceSum(opinion(parameters, point)))(real);
    const penalty = reduceMean(reduceSum(square(slopes), { axes: 1 }));
    const doubts = add(
      reduceMean(softplus(neg(opinion(parameters, real)))),
      reduceMean(softplus(opinion(parameters, fake))),
    );
    return add(doubts, mul(penalty, penaltyWeight));
  })(current.discriminator);
  const judge = applyUpdates(optimizer, {
    parameters: current.discriminator,
    gradients: judged.gradients,
    state: current.discriminatorAdam,
  });
  const fooled = valueAndGradient((parameters: Parameters) =>
    reduceMean(softplus(neg(opinion(judge.parameters, made(parameters, 'second'))))),
  )(current.generator);
  const maker = applyUpdates(optimizer, {
    parameters: current.generator,
    gradients: fooled.gradients,
    state: current.generatorAdam,
  });
  return {
    state: {
      generator: maker.parameters,
      discriminator: judge.parameters,
      average: averaged(current.average, maker.parameters),
      generatorAdam: maker.state,
      discriminatorAdam: judge.state,
    },
    losses: { discriminator: judged.value, generator: fooled.value },
  };
}

/** A moving average of weights: less restless than the last ones, Yazıcı et al. 2019. */
function averaged(average: Parameters, next: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(average).map(([name, value]) => [
      name,
      add(value, mul(sub(next[name] ?? value, value), 1 - averageMomentum)),
    ]),
  );
}

/** A program of many steps of both players, and their state before the first. */
export function ringTraining(steps: number, stepsPerRun: number) {
  const declared = declareState(steps);
  const program = defineProgram(
    { state: declared.state },
    (inputs) => {
      const { carried, stacked } = scan(
        (current: State) => {
          const next = bothPlayers(declared.optimizer, current);
          return { carried: next.state, stacked: next.losses };
        },
        { carried: inputs.state, length: stepsPerRun, draws: 'advance' },
      );
      return { state: carried, losses: stacked };
    },
    { name: 'ring' },
  );
  return { program, first: firstPlayers(declared, 1) };
}

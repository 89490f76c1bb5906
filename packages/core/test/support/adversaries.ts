import { drawNormal, randomKey } from '@etalon/compiler';
import type { HostTensor, Tensor, TensorsOf } from '../../src/index.ts';
import {
  adam,
  add,
  applyUpdates,
  defineModel,
  defineProgram,
  dense,
  dropout,
  initializeOptimizer,
  neg,
  optimizerState,
  randomNormal,
  reduceMean,
  rmsprop,
  scan,
  sequential,
  softplus,
  stateOf,
  tensor,
  valueAndGradient,
} from '../../src/index.ts';
import { floats } from './tensors.ts';

const batch = 8;

const generator = defineModel({
  name: 'generator',
  inputs: { noise: tensor('float32', ['batch', 3]) },
  build: ({ noise }) => ({ point: sequential(dense(6, { activation: 'tanh' }), dense(2))(noise) }),
});

const critic = defineModel({
  name: 'critic',
  inputs: { point: tensor('float32', ['batch', 2]) },
  build: ({ point }) => ({
    logit: sequential(dense(7, { activation: 'leakyRelu' }), dropout(0.25), dense(1))(point),
  }),
});

const maker = adam({ learningRate: 0.01, beta1: 0.5 });
const judge = rmsprop({ learningRate: 0.01 });

const state = {
  generator: stateOf(generator),
  critic: stateOf(critic),
  maker: optimizerState(maker, stateOf(generator).parameters),
  judge: optimizerState(judge, stateOf(critic).parameters),
};
type State = TensorsOf<typeof state>;
type Parameters = Readonly<Record<string, Tensor>>;

/** First values of two networks and their two optimizers. */
export function firstAdversaries() {
  const [first, second] = [generator.initialize(1), critic.initialize(2)];
  return {
    generator: first,
    critic: second,
    maker: initializeOptimizer(maker, first.parameters),
    judge: initializeOptimizer(judge, second.parameters),
  };
}

/** Batches of real points, `[count, 8, 2]`. */
export function realPoints(count: number): HostTensor {
  return floats(drawNormal(randomKey(5), count * batch * 2), [count, batch, 2]);
}

/** Points of one batch. */
export function realBatch(points: HostTensor, index: number): HostTensor {
  const size = batch * 2;
  return floats([...points.data].slice(index * size, (index + 1) * size), [batch, 2]);
}

function bothPlayers(
  current: State,
  real: Tensor,
): { readonly state: State; readonly loss: Tensor } {
  const made = (parameters: Parameters, stream: string): Tensor => {
    const noise = randomNormal([batch, 3], { stream });
    return generator.apply({ ...current.generator, parameters }, { noise }).outputs.point;
  };
  const opinion = (parameters: Parameters, point: Tensor): Tensor =>
    critic.apply({ ...current.critic, parameters }, { point }, { mode: 'train' }).outputs.logit;
  const fake = made(current.generator.parameters, 'first');
  const judged = valueAndGradient((parameters: Parameters) =>
    add(
      reduceMean(softplus(neg(opinion(parameters, real)))),
      reduceMean(softplus(opinion(parameters, fake))),
    ),
  )(current.critic.parameters);
  const nextCritic = applyUpdates(judge, {
    parameters: current.critic.parameters,
    gradients: judged.gradients,
    state: current.judge,
  });
  const { gradients } = valueAndGradient((parameters: Parameters) =>
    reduceMean(softplus(neg(opinion(nextCritic.parameters, made(parameters, 'second'))))),
  )(current.generator.parameters);
  const nextGenerator = applyUpdates(maker, {
    parameters: current.generator.parameters,
    gradients,
    state: current.maker,
  });
  return {
    state: {
      generator: { ...current.generator, parameters: nextGenerator.parameters },
      critic: { ...current.critic, parameters: nextCritic.parameters },
      maker: nextGenerator.state,
      judge: nextCritic.state,
    },
    loss: judged.value,
  };
}

/** Two networks that train against each other, with draws and dropout: one step for a batch of points. */
export const adversaryStep = defineProgram(
  { state, real: tensor('float32', [batch, 2]) },
  (inputs) => bothPlayers(inputs.state, inputs.real),
  { name: 'adversaries' },
);

/** The same for many batches in one run, by a scan. */
export const adversarySteps = defineProgram(
  { state, real: tensor('float32', ['steps', batch, 2]) },
  (inputs) => {
    const { carried, stacked } = scan(
      (current: State, real: Tensor) => {
        const next = bothPlayers(current, real);
        return { carried: next.state, stacked: next.loss };
      },
      { carried: inputs.state, stacked: inputs.real, draws: 'advance' },
    );
    return { state: carried, loss: stacked };
  },
  { name: 'adversaries by scan' },
);

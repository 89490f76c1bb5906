import type { ProgramLoop, Tensor, TensorsOf } from '@etalon/core';
import {
  adam,
  add,
  applyUpdates,
  defineModel,
  defineProgram,
  dense,
  dropout,
  gather,
  gradient,
  initializeOptimizer,
  mul,
  neg,
  optimizerState,
  randomKey,
  randomNormal,
  randomUniform,
  reduceMean,
  reduceSum,
  scan,
  sequential,
  sqrt,
  square,
  stateOf,
  sub,
  tensor,
  valueAndGradient,
} from '@etalon/core';
import type { HostTensor } from '@etalon/spec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

const batch = 16;
const rows = 64;
const steps = 6;

const generator = defineModel({
  name: 'generator',
  inputs: { noise: tensor('float32', ['batch', 4]) },
  build: ({ noise }) => ({ point: sequential(dense(16, { activation: 'relu' }), dense(2))(noise) }),
});
const critic = defineModel({
  name: 'critic',
  inputs: { point: tensor('float32', ['batch', 2]) },
  build: ({ point }) => ({
    score: sequential(dense(16, { activation: 'leakyRelu' }), dropout(0.1), dense(1))(point),
  }),
});
const optimizer = adam({ learningRate: 0.01, beta1: 0.5 });
const state = {
  generator: stateOf(generator),
  critic: stateOf(critic),
  generatorAdam: optimizerState(optimizer, stateOf(generator).parameters),
  criticAdam: optimizerState(optimizer, stateOf(critic).parameters),
};
type State = TensorsOf<typeof state>;
type Parameters = Readonly<Record<string, Tensor>>;

// A Wasserstein GAN with gradient penalty: second derivatives, draws, dropout, two optimizers.
function bothPlayers(
  current: State,
  real: Tensor,
): { readonly state: State; readonly loss: Tensor } {
  const made = (parameters: Parameters, stream: string): Tensor =>
    generator.apply({ parameters, state: {} }, { noise: randomNormal([batch, 4], { stream }) })
      .outputs.point;
  const score = (parameters: Parameters, point: Tensor): Tensor =>
    critic.apply({ parameters, state: {} }, { point }, { mode: 'train' }).outputs.score;
  const fake = made(current.generator.parameters, 'fake');
  const between = add(fake, mul(sub(real, fake), randomUniform([batch, 1])));
  const judged = valueAndGradient((parameters: Parameters) => {
    const slopes = gradient((point: Tensor) => reduceSum(score(parameters, point)))(between);
    const norms = sqrt(reduceSum(square(slopes), { axes: 1 }));
    const gap = sub(reduceMean(score(parameters, fake)), reduceMean(score(parameters, real)));
    return add(gap, mul(reduceMean(square(sub(norms, 1))), 10));
  })(current.critic.parameters);
  const nextCritic = applyUpdates(optimizer, {
    parameters: current.critic.parameters,
    gradients: judged.gradients,
    state: current.criticAdam,
  });
  const { gradients } = valueAndGradient((parameters: Parameters) =>
    neg(reduceMean(score(nextCritic.parameters, made(parameters, 'noise')))),
  )(current.generator.parameters);
  const nextGenerator = applyUpdates(optimizer, {
    parameters: current.generator.parameters,
    gradients,
    state: current.generatorAdam,
  });
  return {
    state: {
      generator: { parameters: nextGenerator.parameters, state: current.generator.state },
      critic: { parameters: nextCritic.parameters, state: current.critic.state },
      generatorAdam: nextGenerator.state,
      criticAdam: nextCritic.state,
    },
    loss: judged.value,
  };
}

const data = tensor('float32', [rows, 2]);
const oneStep = defineProgram({ state, data, indices: tensor('int32', [batch]) }, (inputs) =>
  bothPlayers(inputs.state, gather(inputs.data, inputs.indices)),
);
const manySteps = defineProgram(
  { state, data, indices: tensor('int32', ['steps', batch]) },
  (inputs) => {
    const { carried, stacked } = scan(
      (current: State, indices: Tensor) => {
        const next = bothPlayers(current, gather(inputs.data, indices));
        return { carried: next.state, stacked: next.loss };
      },
      { carried: inputs.state, stacked: inputs.indices, draws: 'advance' },
    );
    return { state: carried, loss: stacked };
  },
);

function firstState() {
  const [first, second] = [generator.initialize(1), critic.initialize(2)];
  return {
    generator: first,
    critic: second,
    generatorAdam: initializeOptimizer(optimizer, first.parameters),
    criticAdam: initializeOptimizer(optimizer, second.parameters),
  };
}

const points: HostTensor = {
  dtype: 'float32',
  shape: [rows, 2],
  data: Float32Array.from({ length: rows * 2 }, (_, index) => Math.sin(index)),
};
const order = Int32Array.from({ length: steps * batch }, (_, index) => (index * 37) % rows);
const key = randomKey(11);

async function resultOf(
  loop: Pick<ProgramLoop<{ state: typeof state }, { state: State }, 'state'>, 'state'>,
  losses: readonly number[],
) {
  const { generator: made, critic: judge, ...optimizers } = (await loop.state()).state;
  const tensors = {
    ...made.parameters,
    ...judge.parameters,
    ...optimizers.criticAdam.slots.squareSum,
  };
  return { losses, values: Object.values(tensors).map((value) => [...value.data]) };
}

async function trainSingly(backend: OnnxRuntimeBackend) {
  const loop = await oneStep.prepareLoop(backend, { state: firstState() });
  const placed = await loop.upload('data', points);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const part = order.subarray(step * batch, (step + 1) * batch);
    const indices = { dtype: 'int32', shape: [batch], data: part } as const;
    const { loss } = await loop.run({ data: placed, indices }, { key, iteration: [step] });
    losses.push(...loss.data);
  }
  placed.dispose();
  return resultOf(loop, losses);
}

async function trainByScan(backend: OnnxRuntimeBackend, length: number) {
  const loop = await manySteps.prepareLoop(backend, { state: firstState() });
  const losses: number[] = [];
  for (let step = 0; step < steps; step += length) {
    const part = order.subarray(step * batch, (step + length) * batch);
    const indices = { dtype: 'int32', shape: [length, batch], data: part } as const;
    const { loss } = await loop.run({ data: points, indices }, { key, iteration: [step] });
    losses.push(...loss.data);
  }
  return resultOf(loop, losses);
}

describe.each(['inline', 'worker', 'auto'] as const)('a loop in %s execution', (execution) => {
  let backend: OnnxRuntimeBackend;
  beforeEach(async () => {
    backend = await createOnnxRuntimeBackend({ device: 'cpu', threads: 1, execution });
  });
  afterEach(() => backend.dispose());

  it('trains two networks with a gradient penalty, by the step and by scan, to equal bits', async () => {
    const single = await trainSingly(backend);
    expect(single.losses).toHaveLength(steps);
    expect(single.losses.every(Number.isFinite)).toBe(true);
    expect(new Set(single.losses).size).toBe(steps);
    expect(await trainByScan(backend, steps)).toEqual(single);
    expect(await trainByScan(backend, 2)).toEqual(single);
  });

  it('says that the state is lost when the backend ends', async () => {
    const loop = await oneStep.prepareLoop(backend, { state: firstState() });
    const indices = { dtype: 'int32', shape: [batch], data: order.subarray(0, batch) } as const;
    await loop.run({ data: points, indices }, { key });
    await backend.dispose();
    await expect(loop.run({ data: points, indices }, { key })).rejects.toMatchObject({
      name: 'DisposedError',
    });
    await expect(loop.run({ data: points, indices }, { key })).rejects.toMatchObject({
      code: 'LOOP_STATE_LOST',
    });
    loop.dispose();
  });
});

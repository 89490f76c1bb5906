// One step of a generator and a discriminator of images (a DCGAN for 28 x 28 pixels, batch 64, Adam), in which both learn, on ONNX Runtime:
// against TensorFlow.js by its own gradients on its cpu engine.
import {
  activation,
  adam,
  add,
  applyUpdates,
  batchNormalization,
  conv2d,
  conv2dTranspose,
  defineModel,
  defineProgram,
  dense,
  flatten,
  initializeOptimizer,
  leakyRelu,
  neg,
  optimizerState,
  reduceMean,
  reshapeTo,
  sequential,
  softplus,
  stateOf,
  stopGradient,
  tensor,
  valueAndGradient,
  valueAndGradientWithAuxiliary,
} from '@etalon/core';
import { requireEqualLosses } from '../agreement.mjs';
import { digitsLike } from '../digits.mjs';
import { createTfjsGan } from '../peers/tfjs-gan.mjs';
import { median, noise, report } from '../timing.mjs';
import { inlineBackend } from '../trainers.mjs';

const sizes = { batch: 64, noise: 64, width: 16 };
const { width } = sizes;
const twice = { kernelSize: 4, strides: 2, padding: 'same' };
const leaky = { activation: (x) => leakyRelu(x, { alpha: 0.2 }) };

const makeLayers = sequential(
  dense(7 * 7 * 2 * width, { useBias: false }),
  reshapeTo([7, 7, 2 * width]),
  batchNormalization(),
  activation('relu'),
  conv2dTranspose(width, { ...twice, useBias: false }),
  batchNormalization(),
  activation('relu'),
  conv2dTranspose(1, { ...twice, activation: 'sigmoid' }),
);
const generator = defineModel({
  name: 'generator',
  inputs: { noise: tensor('float32', ['batch', sizes.noise]) },
  build: (inputs) => ({ image: makeLayers(inputs.noise) }),
});
const judgeLayers = sequential(
  conv2d(width, { ...twice, ...leaky }),
  conv2d(2 * width, { ...twice, ...leaky }),
  flatten(),
  dense(1),
);
const discriminator = defineModel({
  name: 'discriminator',
  inputs: { image: tensor('float32', ['batch', 28, 28, 1]) },
  build: (inputs) => ({ logit: judgeLayers(inputs.image) }),
});

const optimizer = adam({ learningRate: 2e-4, beta1: 0.5, epsilon: 1e-8 });
const [maker, judge] = [generator.initialize(1), discriminator.initialize(2)];
const drawn = tensor('float32', [sizes.batch, sizes.noise]);
const program = defineProgram(
  {
    maker: stateOf(generator),
    makerAdam: optimizerState(optimizer, stateOf(generator).parameters),
    judge: stateOf(discriminator).parameters,
    judgeAdam: optimizerState(optimizer, stateOf(discriminator).parameters),
    image: tensor('float32', [sizes.batch, 28, 28, 1]),
    first: drawn,
    second: drawn,
  },
  ({ maker, makerAdam, judge, judgeAdam, image, first, second }) => {
    const make = (parameters, drawn) =>
      generator.apply({ parameters, state: maker.state }, { noise: drawn }, { mode: 'train' });
    const opinion = (parameters, seen) =>
      discriminator.apply({ parameters, state: {} }, { image: seen }).outputs.logit;
    const real = (logits) => reduceMean(softplus(neg(logits)));
    const fake = stopGradient(make(maker.parameters, first).outputs.image);
    const judged = valueAndGradient((parameters) =>
      add(real(opinion(parameters, image)), reduceMean(softplus(opinion(parameters, fake)))),
    )(judge);
    const judgeNext = applyUpdates(optimizer, {
      parameters: judge,
      gradients: judged.gradients,
      state: judgeAdam,
    });
    const fooled = valueAndGradientWithAuxiliary((parameters) => {
      const made = make(parameters, second);
      return {
        value: real(opinion(judgeNext.parameters, made.outputs.image)),
        auxiliary: made.state,
      };
    })(maker.parameters);
    const makerNext = applyUpdates(optimizer, {
      parameters: maker.parameters,
      gradients: fooled.gradients,
      state: makerAdam,
    });
    return {
      maker: { parameters: makerNext.parameters, state: fooled.auxiliary },
      makerAdam: makerNext.state,
      judge: judgeNext.parameters,
      judgeAdam: judgeNext.state,
      losses: { judge: judged.value, maker: fooled.value },
    };
  },
);

const loop = await program.prepareLoop(inlineBackend, {
  maker,
  makerAdam: initializeOptimizer(optimizer, maker.parameters),
  judge: judge.parameters,
  judgeAdam: initializeOptimizer(optimizer, judge.parameters),
});
const next = noise(5);
const drawNoise = () => ({
  dtype: 'float32',
  shape: [sizes.batch, sizes.noise],
  data: Float32Array.from({ length: sizes.batch * sizes.noise }, () => 4 * next() - 2),
});
const digits = digitsLike(2 * sizes.batch, 6).images;
const size = sizes.batch * 784;
const batches = [0, 1].map((at) => [
  {
    dtype: 'float32',
    shape: [sizes.batch, 28, 28, 1],
    data: digits.subarray(at * size, (at + 1) * size),
  },
  drawNoise(),
  drawNoise(),
]);

const step = async ([image, first, second]) => {
  const { losses } = await loop.run({ image, first, second });
  return [losses.judge.data[0], losses.maker.data[0]];
};
const ordered = ({ parameters }) => Object.values(parameters);
const tfjs = await createTfjsGan(sizes, ordered(maker), ordered(judge));

// A step takes seconds there: each of two is timed, the faster counts, and both losses of both show that it is the same game.
const theirs = [];
for (const batch of batches) {
  const began = performance.now();
  const losses = tfjs.step(batch);
  theirs.push({ losses, ms: performance.now() - began });
}
const expected = [];
for (const batch of batches) expected.push(...(await step(batch)));
requireEqualLosses(
  'gan, tfjs cpu',
  expected,
  theirs.flatMap(({ losses }) => losses),
);
const times = [];
for (let call = 0; call < 40; call++) {
  const began = performance.now();
  await step(batches[call % 2]);
  times.push(performance.now() - began);
}
report([
  {
    name: 'GAN step, times as fast as tfjs cpu',
    goal: 50,
    speedup: true,
    ours: median(times),
    peer: Math.min(...theirs.map(({ ms }) => ms)),
  },
]);
process.exit(0);

// Training of the quickstart's CNN, batch 64, Adam: `fit` on ONNX Runtime, one step per call, against the graph in
// models/cnn-step.onnx, which was written by hand, and against TensorFlow.js written by hand on its cpu engine.
import { requireEqualLosses } from '../agreement.mjs';
import { batchesOf, digitsLike } from '../digits.mjs';
import { cnnParametersChannelsFirst, denseParameters } from '../peers/first-values.mjs';
import { createStepPeer } from '../peers/hand-made.mjs';
import { cnnNetwork, createTfjsPeer } from '../peers/tfjs.mjs';
import { report, takeTurns, threads } from '../timing.mjs';
import { cnnModel, createTrainerOf, lossesOf, streamOf } from '../trainers.mjs';

const steps = 30;
const batches = batchesOf(digitsLike(64 * steps, 6), 64);
const stream = streamOf(batches);
const trainer = await createTrainerOf(cnnModel);
const peer = await createStepPeer('cnn-step.onnx', cnnParametersChannelsFirst(cnnModel), {
  threads,
  imageDims: [1, 28, 28],
});

async function byHand() {
  const losses = [];
  for (const batch of batches) losses.push(await peer.train(batch));
  return losses;
}

const beginning = await trainer.checkpoint();
async function beginAnew() {
  await trainer.restore(beginning);
  peer.reset();
}

const expected = await lossesOf(trainer, stream);
requireEqualLosses('cnn, hand-made graph', expected, await byHand());
const times = await takeTurns(() => trainer.fit(stream, { epochs: 1, stepsPerCall: 1 }), byHand, {
  blocks: 11,
  calls: 1,
  before: beginAnew,
});

// A step takes seconds there: each of two is timed, the faster counts, and the second one's loss shows that the first trained right.
const tfjs = await createTfjsPeer('cpu', cnnNetwork, denseParameters(cnnModel));
const tfjsSteps = [];
for (const batch of batches.slice(0, 2)) {
  const began = performance.now();
  const loss = await tfjs.train(batch);
  tfjsSteps.push({ loss, ms: performance.now() - began });
}
requireEqualLosses(
  'cnn, tfjs cpu',
  expected.slice(0, 2),
  tfjsSteps.map(({ loss }) => loss),
);

const ours = times.ours / steps;
report([
  { name: 'ms per step, CNN, to hand-made graph', goal: 1.1, ours, peer: times.peer / steps },
  {
    name: 'steps per second, CNN, to tfjs cpu',
    goal: 400,
    speedup: true,
    ours,
    peer: Math.min(...tfjsSteps.map(({ ms }) => ms)),
  },
]);

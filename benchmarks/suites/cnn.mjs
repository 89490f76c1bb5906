// Training of the quickstart's CNN, batch 64, Adam: `fit` on ONNX Runtime against two graphs written by hand
// (models/make_cnn_step.py) and against TensorFlow.js written by hand on its cpu engine.
import { requireEqualLosses } from '../agreement.mjs';
import { batchesOf, digitsLike } from '../digits.mjs';
import { cnnParametersChannelsFirst, denseParameters } from '../peers/first-values.mjs';
import { createStepPeer } from '../peers/hand-made.mjs';
import { cnnNetwork, createTfjsPeer } from '../peers/tfjs.mjs';
import { report, takeTurns, threads } from '../timing.mjs';
import {
  cnnModel,
  createTrainerOf,
  datasetOf,
  inlineBackend,
  lossesOf,
  streamOf,
} from '../trainers.mjs';

const steps = 30;
const data = digitsLike(64 * steps, 6);
const batches = batchesOf(data, 64);
const stream = streamOf(batches);
// One step per call in the caller's thread is what the graphs by hand do; the other is what a user gets without options.
const inline = await createTrainerOf(cnnModel, inlineBackend);
const trainer = await createTrainerOf(cnnModel);
const examples = datasetOf(data);
const stepwise = () => inline.fit(stream, { epochs: 1, stepsPerCall: 1 });
const whole = () => trainer.fit(examples, { epochs: 1, batchSize: 64 });
const beginning = await trainer.checkpoint();
const expected = await lossesOf(inline, stream);
requireEqualLosses('cnn, in a worker', expected, await lossesOf(trainer, stream));

const rows = [];
let ours;
for (const [file, name, fit, goal] of [
  ['cnn-step.onnx', 'ms per step, one per call, inline, to hand-made graph', stepwise, 1.1],
  ['cnn-step.onnx', 'ms per step, fit on a data set, to hand-made graph', whole, 1.1],
  ['cnn-step-phases.onnx', 'the same, to hand-made graph, first pool by phases', whole],
]) {
  const peer = await createStepPeer(file, cnnParametersChannelsFirst(cnnModel), {
    threads,
    imageDims: [1, 28, 28],
  });
  const byHand = async () => {
    const losses = [];
    for (const batch of batches) losses.push(await peer.train(batch));
    return losses;
  };
  requireEqualLosses(`cnn, ${file}`, expected, await byHand());
  const times = await takeTurns(fit, byHand, {
    blocks: 9,
    calls: 1,
    before: async () => {
      await inline.restore(beginning);
      await trainer.restore(beginning);
      peer.reset();
    },
  });
  ours = times.ours / steps;
  rows.push({ name, goal, ours, peer: times.peer / steps });
}

// A step takes seconds there: each of two is timed, the faster counts, and the second one's loss shows that the first
// trained right.
const tfjs = await createTfjsPeer('cpu', cnnNetwork, denseParameters(cnnModel));
const theirs = [];
for (const batch of batches.slice(0, 2)) {
  const began = performance.now();
  const loss = await tfjs.train(batch);
  theirs.push({ loss, ms: performance.now() - began });
}
requireEqualLosses(
  'cnn, tfjs cpu',
  expected.slice(0, theirs.length),
  theirs.map(({ loss }) => loss),
);
rows.push({
  name: 'steps per second, CNN, to tfjs cpu',
  goal: 400,
  speedup: true,
  ours,
  peer: Math.min(...theirs.map(({ ms }) => ms)),
});
report(rows);

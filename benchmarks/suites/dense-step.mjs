// One training step, dense 784-128-64-10, batch 64, Adam: `fit` against the graph in models/dense-step.onnx, which was
// written by hand, with ping-pong buffers.
import { requireEqualLosses } from '../agreement.mjs';
import { batchesOf, digitsLike } from '../digits.mjs';
import { denseParameters } from '../peers/first-values.mjs';
import { createStepPeer } from '../peers/hand-made.mjs';
import { report, takeTurns, threads } from '../timing.mjs';
import { createTrainerOf, denseModel, lossesOf, streamOf } from '../trainers.mjs';

const steps = 100;
const batches = batchesOf(digitsLike(64 * steps, 1), 64);
// A stream of ready batches: what is timed is the training loop as users run it, without the gathering of batches.
const stream = streamOf(batches);
const trainer = await createTrainerOf(denseModel);
const peer = await createStepPeer('dense-step.onnx', denseParameters(denseModel), {
  threads,
  imageDims: [784],
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

requireEqualLosses(
  'dense-step',
  (await lossesOf(trainer, stream)).slice(0, 30),
  (await byHand()).slice(0, 30),
);

const rows = [];
for (const [stepsPerCall, goal] of [
  [1, 1.3],
  ['auto', 1.3],
]) {
  const fit = () => trainer.fit(stream, { epochs: 1, stepsPerCall });
  const { ours, peer: theirs } = await takeTurns(fit, byHand, { calls: 1, before: beginAnew });
  const name = `ms per step, fit, stepsPerCall ${stepsPerCall}, to hand-made graph`;
  rows.push({ name, goal, ours: ours / steps, peer: theirs / steps });
}
report(rows);

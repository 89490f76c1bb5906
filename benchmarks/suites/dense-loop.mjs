// Many training steps in one call, dense 784-128-64-10, batch 64, Adam: `fit` against the graph in models/dense-loop.onnx, which
// holds the loop and gathers batches from the whole data set, 200 steps to a call. `fit` hands the data set over at its beginning,
// the peer has it already: one epoch alone shows what that costs.
import { requireEqualLosses } from '../agreement.mjs';
import { digitsLike } from '../digits.mjs';
import { denseParameters } from '../peers/first-values.mjs';
import { createLoopPeer } from '../peers/hand-made.mjs';
import { report, takeTurns, threads } from '../timing.mjs';
import { createTrainerOf, datasetOf, denseModel, inlineBackend, lossesOf } from '../trainers.mjs';

const batchSize = 64;
const steps = 200;
const data = digitsLike(batchSize * steps, 5);
const examples = datasetOf(data);
// The peer runs in the caller's thread; what a user gets without options moves to a worker.
const trainer = await createTrainerOf(denseModel, inlineBackend);
const elsewhere = await createTrainerOf(denseModel);
const peer = await createLoopPeer('dense-loop.onnx', denseParameters(denseModel), data, {
  threads,
});

const beginning = await trainer.checkpoint();
async function beginAnew() {
  await trainer.restore(beginning);
  await elsewhere.restore(beginning);
  peer.reset();
}

const inOrder = Int32Array.from(data.labels, (_, index) => index);
const stepByStep = (await lossesOf(trainer, examples, { batchSize })).slice(0, 30);
const inLoop = await peer.train(inOrder, batchSize);
requireEqualLosses('dense-loop', stepByStep, inLoop.slice(0, 30));
await beginAnew();
// Several steps per call report means only, so the mean of the epoch is compared.
const [epoch] = (await trainer.fit(examples, { epochs: 1, batchSize, shuffle: false })).epochs;
requireEqualLosses(
  'dense-loop, several steps per call',
  [epoch.logs.loss],
  [inLoop.reduce((sum, loss) => sum + loss, 0) / steps],
  1e-4,
);

// Etalon shuffles by itself; the peer is given a shuffled order.
const shuffled = inOrder.map((index) => (index * 7919) % inOrder.length);
const rows = [];
for (const [execution, epochs, goal] of [
  ['inline', 5, 1.15],
  ['inline', 1],
  ['auto', 5],
]) {
  const runner = execution === 'inline' ? trainer : elsewhere;
  const byHand = async () => {
    for (let epoch = 0; epoch < epochs; epoch++) await peer.train(shuffled, batchSize);
  };
  const fit = () => runner.fit(examples, { epochs, batchSize });
  const { ours, peer: theirs } = await takeTurns(fit, byHand, { calls: 1, before: beginAnew });
  rows.push({
    name: `ms per step, fit of ${epochs * steps} steps, ${execution}, to hand-made Loop`,
    goal,
    ours: ours / (epochs * steps),
    peer: theirs / (epochs * steps),
  });
}
report(rows);

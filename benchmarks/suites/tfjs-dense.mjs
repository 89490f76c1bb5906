// Training of a dense network 784-128-64-10, batch 64, Adam, in steps per second: `fit` on ONNX Runtime against
// TensorFlow.js written by hand on its wasm and cpu engines.
import { requireEqualLosses } from '../agreement.mjs';
import { batchesOf, digitsLike } from '../digits.mjs';
import { denseParameters } from '../peers/first-values.mjs';
import { createTfjsPeer, denseNetwork } from '../peers/tfjs.mjs';
import { report, takeTurns } from '../timing.mjs';
import { createTrainerOf, datasetOf, denseModel, inlineBackend, lossesOf } from '../trainers.mjs';

const batchSize = 64;
const steps = 200;
// `fit` places its data once, as a training of several epochs does.
const epochs = 5;
const data = digitsLike(batchSize * steps, 5);
const batches = batchesOf(data, batchSize);
const examples = datasetOf(data);
const trainer = await createTrainerOf(denseModel, inlineBackend);
const beginning = await trainer.checkpoint();
const expected = await lossesOf(trainer, examples, { batchSize });

const rows = [];
for (const [engine, goal, peerSteps, blocks] of [
  ['wasm', 20, 20, 9],
  ['cpu', 100, 4, 5],
]) {
  const peer = await createTfjsPeer(engine, denseNetwork, denseParameters(denseModel));
  const byTfjs = async () => {
    const losses = [];
    for (const batch of batches.slice(0, peerSteps)) losses.push(await peer.train(batch));
    return losses;
  };
  requireEqualLosses(`tfjs-dense, ${engine}`, expected.slice(0, peerSteps), await byTfjs());
  const times = await takeTurns(() => trainer.fit(examples, { epochs, batchSize }), byTfjs, {
    blocks,
    calls: 1,
    before: async () => {
      await trainer.restore(beginning);
      peer.reset();
    },
  });
  rows.push({
    name: `steps per second, dense, to tfjs ${engine}`,
    goal,
    speedup: true,
    ours: times.ours / (epochs * steps),
    peer: times.peer / peerSteps,
  });
}
report(rows);
process.exit(0);

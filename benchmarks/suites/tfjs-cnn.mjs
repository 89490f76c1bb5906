// Training of the quickstart's CNN, batch 64, Adam, on TensorFlow.js: milliseconds per step of `fit` on the wasm engine, whose own
// gradients cannot train it.
import { createTfjsBackend } from '@etalon/tfjs/node';
import { requireEqualLosses } from '../agreement.mjs';
import { batchesOf, digitsLike } from '../digits.mjs';
import { median, report } from '../timing.mjs';
import { cnnModel, createTrainerOf, lossesOf, streamOf } from '../trainers.mjs';

const steps = 10;
const stream = streamOf(batchesOf(digitsLike(64 * steps, 6), 64));
const wasm = await createTfjsBackend({ engine: 'wasm' });
const trainer = await createTrainerOf(cnnModel, wasm);
const beginning = await trainer.checkpoint();
const onnx = await createTrainerOf(cnnModel);
requireEqualLosses(
  'tfjs-cnn, to ONNX Runtime',
  await lossesOf(trainer, stream),
  await lossesOf(onnx, stream),
);

const times = [];
for (let block = 0; block < 5; block++) {
  await trainer.restore(beginning);
  const began = performance.now();
  await trainer.fit(stream, { epochs: 1 });
  times.push((performance.now() - began) / steps);
}
report([{ name: 'ms per step, CNN, @etalon/tfjs on wasm', goal: 80, ours: median(times) }]);

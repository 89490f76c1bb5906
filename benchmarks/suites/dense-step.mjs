// One training step, dense 784-128-64-10, batch 64, Adam: `fit` against the graph in models/dense-step.onnx, which was
// written by hand, with ping-pong buffers.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import {
  adam,
  createTrainer,
  defineModel,
  dense,
  sequential,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import * as ort from 'onnxruntime-node';
import { noise, report, sessionOptions, takeTurns } from '../timing.mjs';

const batch = 64;
const random = noise(1);
const images = Float32Array.from({ length: batch * 784 }, random);
const labels = new Int32Array(batch);
// Labels change with every step and training begins anew with every block: random labels cannot be learned, units die over
// some hundred steps, and the averages behind them decay into subnormal numbers, which the hand-made graph does not guard
// against (Etalon's Adam does: it then takes 0.3 to 0.6 of the time).
function nextLabels() {
  for (let row = 0; row < batch; row++) labels[row] = Math.floor(random() * 10);
  return labels;
}

const model = defineModel({
  name: 'dense',
  inputs: { image: tensor('float32', ['batch', 784]) },
  build: ({ image }) => ({
    logits: sequential(
      dense(128, { activation: 'relu' }),
      dense(64, { activation: 'relu' }),
      dense(10),
    )(image),
  }),
});
const threads = availableParallelism();
const backend = await createOnnxRuntimeBackend({ device: 'cpu', threads });
const trainer = await createTrainer(model, {
  backend,
  seed: 1,
  targets: { label: tensor('int32', ['batch']) },
  loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
  optimizer: adam(),
});
// One epoch of as many equal batches as a block has steps: what is timed is the training loop as users run it.
const steps = 100;
const fields = {
  image: { dtype: 'float32', shape: [784] },
  label: { dtype: 'int32', shape: [] },
};
const image = { dtype: 'float32', shape: [batch, 784], data: images };
const stream = {
  fields,
  *batches() {
    for (let step = 0; step < steps; step++) {
      const label = { dtype: 'int32', shape: [batch], data: nextLabels().slice() };
      yield { image, label };
    }
  },
};

const session = await ort.InferenceSession.create(
  await readFile(new URL('../models/dense-step.onnx', import.meta.url)),
  sessionOptions(threads),
);
const shapes = { w0: [784, 128], b0: [128], w1: [128, 64], b1: [64], w2: [64, 10], b2: [10] };
const buffers = () =>
  Object.fromEntries(
    ['', 'm_', 'v_'].flatMap((prefix) =>
      Object.entries(shapes).map(([name, dims]) => {
        const count = dims.reduce((product, size) => product * size, 1);
        const data = new Float32Array(count);
        if (prefix === '') data.set(Float32Array.from(data, () => (random() - 0.5) * 0.1));
        return [prefix + name, new ort.Tensor('float32', data, dims)];
      }),
    ),
  );
let [from, to] = [buffers(), buffers()];
const x = new ort.Tensor('float32', images, [batch, 784]);
const label = new ort.Tensor('int32', labels, [batch]);
const loss = new ort.Tensor('float32', new Float32Array(1), []);
const t = new Float32Array(1);
async function byHand() {
  for (let step = 0; step < steps; step++) {
    t[0] += 1;
    nextLabels();
    const fetches = Object.fromEntries(
      Object.entries(to).map(([name, value]) => [`${name}.next`, value]),
    );
    await session.run(
      { ...from, x, label, t: new ort.Tensor('float32', t, []) },
      { ...fetches, loss },
    );
    [from, to] = [to, from];
  }
}

const beginning = await trainer.checkpoint();
async function beginAnew() {
  await trainer.restore(beginning);
  [from, to] = [buffers(), buffers()];
  t[0] = 0;
}

const rows = [];
for (const [stepsPerCall, goal] of [
  [1, 1.3],
  ['auto', 1.3],
]) {
  const fit = () => trainer.fit(stream, { epochs: 1, stepsPerCall });
  const { ours, peer } = await takeTurns(fit, byHand, { calls: 1, before: beginAnew });
  const name = `fit, stepsPerCall ${stepsPerCall}, to hand-made graph`;
  rows.push({ name, goal, ours: ours / steps, peer: peer / steps });
}
report(rows);

// Execution in the caller's thread, in a worker, and where `auto` puts it: how many ticks of a timer are lost while a network trains
// and while it infers, and what a call of a small policy network costs.
import {
  adam,
  conv2d,
  createTrainer,
  defineModel,
  dense,
  flatten,
  maxPool2d,
  prepare,
  sequential,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { noise, report, takeTurns } from '../timing.mjs';

/** Milliseconds between ticks: finer ones are lost to the scheduler wherever the engine uses every core. */
const period = 10;

async function count(work) {
  let ticks = 0;
  const timer = setInterval(() => ticks++, period);
  const began = performance.now();
  const before = performance.eventLoopUtilization();
  await work();
  const { utilization } = performance.eventLoopUtilization(before);
  const elapsed = performance.now() - began;
  clearInterval(timer);
  return { ticks, elapsed, utilization };
}

/**
 * Ticks lost while something goes on, against those of an idle process in the same time; and the share of the time in which the event
 * loop is busy, with the caller's own work: batches that are gathered, images that are copied at each call.
 */
async function loopRows(name, goal, work) {
  // A timer that is late by a fraction each time ticks less often than its period says, also when nothing goes on.
  const idle = await count(() => new Promise((resolve) => setTimeout(resolve, 1000)));
  const { ticks, elapsed, utilization } = await count(work);
  const due = (idle.ticks / idle.elapsed) * elapsed;
  return [
    { name: `${name}: ticks lost`, goal, ours: Math.max(0, due - ticks), peer: due },
    { name: `${name}: event loop busy`, ours: utilization, peer: 1 },
  ];
}

const random = noise(5);
const size = 1280;
const shape = [28, 28, 1];
const data = {
  image: Float32Array.from({ length: size * 784 }, random),
  label: Int32Array.from({ length: size }, () => Math.floor(random() * 10)),
};
const examples = {
  size,
  fields: { image: { dtype: 'float32', shape }, label: { dtype: 'int32', shape: [] } },
  gather: (indices) => {
    const image = new Float32Array(indices.length * 784);
    for (const [to, from] of indices.entries()) {
      image.set(data.image.subarray(from * 784, (from + 1) * 784), to * 784);
    }
    return {
      image: { dtype: 'float32', shape: [indices.length, ...shape], data: image },
      label: {
        dtype: 'int32',
        shape: [indices.length],
        data: Int32Array.from(indices, (at) => data.label[at]),
      },
    };
  },
};
const model = defineModel({
  name: 'CNN',
  inputs: { image: tensor('float32', ['batch', ...shape]) },
  build: ({ image }) => ({
    logits: sequential(
      conv2d(16, { kernelSize: 3, activation: 'relu' }),
      maxPool2d(2),
      conv2d(32, { kernelSize: 3, activation: 'relu' }),
      maxPool2d(2),
      flatten(),
      dense(10),
    )(image),
  }),
});
const policy = defineModel({
  name: 'policy',
  inputs: { observation: tensor('float32', ['batch', 4]) },
  build: ({ observation }) => ({
    logits: sequential(
      dense(64, { activation: 'tanh' }),
      dense(64, { activation: 'tanh' }),
      dense(2),
    )(observation),
  }),
});

async function trainingRows(execution, backend, goal) {
  const trainer = await createTrainer(model, {
    backend,
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: adam(),
  });
  // Warm: `auto` measures, starts its worker and moves meanwhile.
  await trainer.fit(examples, { epochs: 8, batchSize: 64 });
  const rows = await loopRows(`${execution}, training`, goal, () =>
    trainer.fit(examples, { epochs: 8, batchSize: 64 }),
  );
  trainer.dispose();
  return rows;
}

async function inferenceRows(execution, backend, goal) {
  const prepared = await prepare(model.freeze(model.initialize(1)), backend);
  const image = { dtype: 'float32', shape: [256, ...shape], data: data.image.slice(0, 256 * 784) };
  const infer = async (calls) => {
    for (let call = 0; call < calls; call++) {
      const { logits } = await prepared.run({ image });
      await logits.read();
      logits.dispose();
    }
  };
  await infer(100);
  const rows = await loopRows(`${execution}, inference`, goal, () => infer(500));
  prepared.dispose();
  return rows;
}

async function policyCall(backend) {
  const prepared = await prepare(policy.freeze(policy.initialize(1)), backend);
  const observation = { dtype: 'float32', shape: [1, 4], data: Float32Array.from([1, 2, 3, 4]) };
  return async () => {
    const { logits } = await prepared.run({ observation });
    await logits.read();
    logits.dispose();
  };
}

const rows = [];
const backends = {};
for (const execution of ['inline', 'worker', 'auto']) {
  backends[execution] = await createOnnxRuntimeBackend({ execution });
}
for (const [execution, backend] of Object.entries(backends)) {
  // In the caller's thread ticks are lost by nature: the figures are there for comparison.
  const goal = execution === 'inline' ? 1 : 0.05;
  rows.push(...(await trainingRows(execution, backend, goal)));
  rows.push(...(await inferenceRows(execution, backend, goal)));
}
const calls = {};
for (const [execution, backend] of Object.entries(backends)) {
  calls[execution] = await policyCall(backend);
}
for (const [execution, goal] of [
  ['worker', 10],
  ['auto', 1.2],
]) {
  const times = await takeTurns(calls[execution], calls.inline, { blocks: 51, calls: 200 });
  rows.push({ name: `policy net, call in ${execution} to inline`, goal, ...times });
}
report(rows);
for (const backend of Object.values(backends)) await backend.dispose();

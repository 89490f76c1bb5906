// Loss and all gradients of an LSTM over sequences, 64 x 32 x 64 -> 128, on ONNX Runtime: against PyTorch eager and TensorFlow.js on its
// cpu engine; and of sequences ten times as long.
import {
  defineModel,
  defineProgram,
  lstm,
  reduceMean,
  square,
  tensor,
  valueAndGradient,
} from '@etalon/core';
import { createTfjsLstm } from '../peers/tfjs-lstm.mjs';
import { createTorchLstm, hasTorch } from '../peers/torch-lstm.mjs';
import { noise, report, takeTurns, threads } from '../timing.mjs';
import { inlineBackend } from '../trainers.mjs';

const sizes = { batch: 64, time: 32, features: 64, units: 128 };

async function prepareLstm({ batch, time, features, units }, options = {}) {
  const layer = lstm(units, options);
  const model = defineModel({
    name: 'lstm',
    inputs: { x: tensor('float32', ['batch', 'time', features]) },
    build: ({ x }) => ({ y: layer(x) }),
  });
  const next = noise(7);
  const tensorOf = (shape, scale = 1) => ({
    dtype: 'float32',
    shape,
    data: Float32Array.from(
      { length: shape.reduce((product, size) => product * size, 1) },
      () => (next() - 0.5) * scale,
    ),
  });
  const x = tensorOf([batch, time, features]);
  const parameters = Object.fromEntries(
    model.variables.parameters.map(({ path, shape }) => [path, tensorOf(shape, 0.2)]),
  );
  const types = Object.fromEntries(
    model.variables.parameters.map(({ path, shape }) => [path, tensor('float32', shape)]),
  );
  const program = defineProgram(
    { parameters: types, ...model.inputs },
    ({ parameters: p, ...inputs }) =>
      valueAndGradient((values) =>
        reduceMean(square(model.apply({ parameters: values, state: {} }, inputs).outputs.y)),
      )(p),
  );
  const prepared = await program.prepare(inlineBackend);
  const run = async () => {
    const { value, gradients } = await prepared.run({ parameters, x });
    value.dispose();
    for (const gradient of Object.values(gradients)) gradient.dispose();
  };
  const check = async () => {
    const { value, gradients } = await prepared.run({ parameters, x });
    const sums = [];
    for (const path of ['lstm_1/kernel', 'lstm_1/recurrentKernel', 'lstm_1/bias']) {
      const { data } = await gradients[path].read();
      sums.push(data.reduce((sum, slope) => sum + slope * slope, 0));
    }
    return [(await value.read()).data[0], ...sums];
  };
  const tensors = [
    x,
    ...['kernel', 'recurrentKernel', 'bias'].map((name) => parameters[`lstm_1/${name}`]),
  ];
  return { run, check, tensors };
}

function requireEqual(name, ours, theirs) {
  ours.forEach((value, at) => {
    if (Math.abs(value - theirs[at]) <= 1e-4 * Math.abs(value)) return;
    throw new Error(`recurrent, ${name}: differs at ${at}, got ${theirs[at]}.\nExpected ${value}.`);
  });
}

const ours = await prepareLstm(sizes);
const expected = await ours.check();
const rows = [];

const byTorch = 'LSTM loss and gradients, to PyTorch eager';
if (hasTorch) {
  const torch = createTorchLstm(sizes, ours.tensors, threads);
  requireEqual('PyTorch', expected, await torch.check());
  const times = await takeTurns(ours.run, torch.run, { blocks: 15, calls: 5, warmUp: 3 });
  rows.push({ name: byTorch, goal: 1.5, ...times });
  torch.dispose();
} else {
  rows.push({ name: byTorch, goal: 1.5, skipped: 'python3 has no torch' });
}

const tfjs = await createTfjsLstm(sizes, ours.tensors);
requireEqual('tfjs cpu', expected, tfjs.check());
const byTfjs = await takeTurns(ours.run, tfjs.run, { blocks: 5, calls: 1 });
rows.push({ name: 'LSTM, times as fast as tfjs cpu', goal: 30, speedup: true, ...byTfjs });

const short = { ...sizes, batch: 16, time: 100, units: 64 };
for (const [name, options] of [
  ['', {}],
  [', checkpoint', { checkpoint: true }],
]) {
  const [long, brief] = [
    await prepareLstm({ ...short, time: 1000 }, options),
    await prepareLstm(short, options),
  ];
  const times = await takeTurns(long.run, brief.run, { blocks: 7, calls: 2 });
  rows.push({ name: `1000 steps of an LSTM to 100${name}`, goal: 11, ...times });
}
report(rows);
process.exit(0);

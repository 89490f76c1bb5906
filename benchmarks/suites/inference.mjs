// Inference: a prepared program on ONNX Runtime against a bare session of the same file, batch 64 and batch 1.
import { availableParallelism } from 'node:os';
import {
  conv2d,
  defineModel,
  dense,
  flatten,
  maxPool2d,
  prepare,
  sequential,
  tensor,
} from '@etalon/core';
import { encodeOnnx } from '@etalon/onnx';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import * as ort from 'onnxruntime-node';
import { noise, report, sessionOptions, takeTurns } from '../timing.mjs';

const random = noise(2);
const image = ['batch', 28, 28, 1];
const networks = {
  dense: sequential(
    flatten(),
    dense(128, { activation: 'relu' }),
    dense(64, { activation: 'relu' }),
    dense(10),
  ),
  CNN: sequential(
    conv2d(16, { kernelSize: 3, activation: 'relu' }),
    maxPool2d(2),
    conv2d(32, { kernelSize: 3, activation: 'relu' }),
    maxPool2d(2),
    flatten(),
    dense(10),
  ),
};
const threads = availableParallelism();
const backend = await createOnnxRuntimeBackend({ device: 'cpu', threads });
const rows = [];
for (const [name, network] of Object.entries(networks)) {
  const model = defineModel({
    name,
    inputs: { image: tensor('float32', image) },
    build: (inputs) => ({ logits: network(inputs.image) }),
  });
  const frozen = model.freeze(model.initialize(3));
  const prepared = await prepare(frozen, backend);
  const session = await ort.InferenceSession.create(
    encodeOnnx(prepared.program),
    sessionOptions(threads),
  );
  for (const batch of [64, 1]) {
    const shape = [batch, 28, 28, 1];
    const data = Float32Array.from({ length: batch * 784 }, random);
    const ours = async () => {
      const { logits } = await prepared.run({ image: { dtype: 'float32', shape, data } });
      const { data: scores } = await logits.read();
      logits.dispose();
      return scores[0];
    };
    const bare = async () => {
      const { logits } = await session.run({ image: new ort.Tensor('float32', data, shape) });
      return logits.data[0];
    };
    const times = await takeTurns(ours, bare, { calls: batch === 1 ? 400 : 60 });
    rows.push({
      name: `${name}, batch ${batch}, to bare session`,
      goal: batch === 1 ? 2 : 1.1,
      ...times,
    });
  }
}
report(rows);

// Inference: a prepared program on ONNX Runtime against bare `run` calls, batch 64 and batch 1. Both use one session: two
// would each keep a pool of spinning threads, and two pools on two cores disturb each other by more than what is measured.
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
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import * as ort from 'onnxruntime-node';
import { noise, report, takeTurns, threads } from '../timing.mjs';

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
let session;
const runtime = {
  ...ort,
  InferenceSession: {
    create: async (...options) => {
      session = await ort.InferenceSession.create(...options);
      return session;
    },
  },
};
const backend = await createOnnxRuntimeBackend({ device: 'cpu', threads, runtime });
const rows = [];
for (const [name, network] of Object.entries(networks)) {
  const model = defineModel({
    name,
    inputs: { image: tensor('float32', image) },
    build: (inputs) => ({ logits: network(inputs.image) }),
  });
  const frozen = model.freeze(model.initialize(3));
  const prepared = await prepare(frozen, backend);
  const bareSession = session;
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
      const { logits } = await bareSession.run({ image: new ort.Tensor('float32', data, shape) });
      return logits.data[0];
    };
    const times = await takeTurns(ours, bare, {
      blocks: 101,
      calls: batch === 1 ? 100 : 40,
      // V8 compiles the wrapper's code only after some thousand calls, which short runs would be measured by.
      warmUp: 50,
    });
    if (batch === 64) {
      rows.push({ name: `${name}, batch 64, to bare session`, goal: 1.1, ...times });
    } else {
      // A share says little where a run takes 10 µs: what the wrapper adds is a constant.
      const value = (times.ours - times.peer) * 1000;
      rows.push({ name: `${name}, batch 1, µs over bare session`, goal: 15, value, ...times });
    }
  }
}
report(rows);

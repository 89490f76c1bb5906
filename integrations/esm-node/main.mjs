import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import {
  adam,
  createTrainer,
  defineModel,
  dense,
  sequential,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { mnistSample } from '@etalon/datasets';
import { encodeOnnx } from '@etalon/onnx';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { createOnnxRuntimeBackend as createWebBackend } from '@etalon/onnxruntime/web';
import { createReferenceBackend } from '@etalon/reference';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const entries = JSON.parse(readFileSync(new URL('entries.json', import.meta.url), 'utf8'));
for (const entry of entries) await import(entry);

const xor = defineModel({
  name: 'xor',
  inputs: { bits: tensor('float32', ['batch', 2]) },
  build: ({ bits }) => ({ logits: sequential(dense(8, { activation: 'tanh' }), dense(2))(bits) }),
});
const bits = { dtype: 'float32', shape: [4, 2], data: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) };
const label = { dtype: 'int32', shape: [4], data: Int32Array.of(0, 1, 1, 0) };
const examples = {
  fields: { bits: { dtype: 'float32', shape: [2] }, label: { dtype: 'int32', shape: [] } },
  batches: () => [{ bits, label }],
};

/** @param {import('@etalon/spec').BackendV1} backend */
async function train(backend) {
  const trainer = await createTrainer(xor, {
    backend,
    seed: 1,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, targets) => sparseCategoricalCrossEntropy(logits, targets.label),
    optimizer: adam({ learningRate: 0.1 }),
  });
  const history = await trainer.fit(examples, { epochs: 60, batchSize: 4 });
  const { logits } = await trainer.predict({ bits });
  const { variables } = trainer;
  trainer.dispose();
  await backend.dispose();
  return { loss: history.epochs.at(-1).logs.loss, logits, variables };
}

const reference = await train(createReferenceBackend());
const engine = await train(await createOnnxRuntimeBackend({ threads: 1 }));
// Threads of WebAssembly are workers: the program must end by itself all the same.
const web = await train(await createWebBackend({ device: 'wasm', threads: 2 }));
assert.ok(reference.loss < 0.05, `the network did not learn: ${reference.loss}`);
for (const { loss } of [engine, web]) {
  assert.ok(Math.abs(loss - reference.loss) < 1e-3, `${loss} is not ${reference.loss}`);
}

// The file alone, in the engine alone.
const session = await InferenceSession.create(encodeOnnx(xor.freeze(engine.variables)));
const outputs = await session.run({ bits: new Tensor('float32', bits.data, bits.shape) });
for (const [index, value] of outputs.logits.data.entries()) {
  assert.ok(Math.abs(value - engine.logits.data[index]) < 1e-4);
}

assert.ok(mnistSample().test.size > 0);
console.log(`imported ${entries.length} entries, trained on 3 backends`);

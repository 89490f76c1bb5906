import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import {
  mul,
  prepare,
  reduceMean,
  sub,
  tensor,
  traceProgram,
  valueAndGradient,
} from '@etalon/compiler';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { createReferenceBackend } from '@etalon/reference';

const entries = JSON.parse(readFileSync(new URL('entries.json', import.meta.url), 'utf8'));
for (const entry of entries) await import(entry);

// One step of gradient descent on mean((weight * x - y)^2).
const step = traceProgram(
  'step',
  {
    weight: tensor('float32', []),
    x: tensor('float32', ['batch']),
    y: tensor('float32', ['batch']),
  },
  ({ weight, x, y }) => {
    const { value, gradients } = valueAndGradient((candidate) => {
      const error = sub(mul(candidate, x), y);
      return reduceMean(mul(error, error));
    })(weight);
    return { loss: value, weight: sub(weight, mul(gradients, 0.1)) };
  },
);

const x = vector([1, 2, 3, -1]);
const y = vector([3, 6, 9, -3]);

// The slope of the data is 3. A step leaves 1 - 0.2 * mean(x^2) = 1/4 of the distance to it.
const expected = 3 * (1 - 0.25 ** 8);
for (const backend of [createReferenceBackend(), await createOnnxRuntimeBackend({ threads: 1 })]) {
  const prepared = await prepare(step, backend);
  let weight = { dtype: 'float32', shape: [], data: Float32Array.of(0) };
  for (let index = 0; index < 8; index += 1) {
    const outputs = await prepared.run({ weight, x, y });
    weight = await outputs.weight.read();
    for (const output of Object.values(outputs)) output.dispose();
  }
  assert.ok(Math.abs(weight.data[0] - expected) < 1e-5, `${backend.name}: ${weight.data[0]}`);
  prepared.dispose();
  await backend.dispose();
}

console.log(`imported ${entries.length} entries, trained on 2 backends`);

/** @param {number[]} values */
function vector(values) {
  return { dtype: 'float32', shape: [values.length], data: Float32Array.from(values) };
}

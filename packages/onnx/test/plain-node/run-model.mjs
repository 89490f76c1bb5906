// A program that knows ONNX Runtime and nothing of Etalon: `node run-model.mjs model.onnx feeds.json` prints the
// outputs. Feeds and outputs are `{ name: { dtype, shape, data } }`.
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [, , model = '', feeds = ''] = process.argv;
const session = await InferenceSession.create(model);
const inputs = Object.entries(JSON.parse(readFileSync(feeds, 'utf8'))).map(
  ([name, { dtype, shape, data }]) => [name, new Tensor(dtype, data, shape)],
);
const outputs = await session.run(Object.fromEntries(inputs));
const printed = Object.entries(outputs).map(([name, { type, dims, data }]) => [
  name,
  { dtype: type, shape: dims, data: Array.from(data) },
]);
process.stdout.write(JSON.stringify(Object.fromEntries(printed)));

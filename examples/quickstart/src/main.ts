import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { formatSummary, prepare, summarize } from '@etalon/core';
import { saveSafetensors, writeFileAtomic } from '@etalon/core/node';
import { encodeOnnx } from '@etalon/onnx';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { createReferenceBackend } from '@etalon/reference';
import { compareEngines } from './compare.ts';
import { loadDigits } from './data.ts';
import { digits } from './digits.ts';
import { drawDigits, engineTable } from './show.ts';
import { percent, train } from './train.ts';

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '3' },
    limit: { type: 'string' },
    output: { type: 'string', default: 'reports' },
  },
});
const epochs = Number(values.epochs);
const limit = values.limit === undefined ? undefined : Number(values.limit);
const folder = values.output;
await mkdir(folder, { recursive: true });

const data = await loadDigits(limit);
console.log(`MNIST: ${data.train.size} images to learn from, ${data.test.size} to judge by\n`);
console.log(`${formatSummary(summarize(digits))}\n`);

const onnxRuntime = await createOnnxRuntimeBackend({ device: 'cpu' });
console.log(`training on ${onnxRuntime.name}, ${availableParallelism()} threads`);
const trained = await train(onnxRuntime, data, epochs);
console.log(
  `\n${percent(trained.accuracy)} of the test images right, loss ${trained.loss.toFixed(4)}, after ${trained.trainSeconds.toFixed(1)} s of training\n`,
);

const frozen = digits.freeze(trained.variables);
await writeFileAtomic(`${folder}/digits.onnx`, encodeOnnx(frozen));
await saveSafetensors(`${folder}/digits.safetensors`, trained.variables.parameters);
console.log(`wrote ${folder}/digits.onnx and ${folder}/digits.safetensors\n`);

const reference = createReferenceBackend();
const engines = await compareEngines(frozen, data, [
  { backend: reference, images: Math.min(1000, data.test.size), repetitions: 5 },
  { backend: onnxRuntime, images: data.test.size, repetitions: 101 },
]);
console.log(
  'the same weights on every engine; difference is norm-wise, from the float64 reference',
);
console.log(`${engineTable(engines)}\n`);

const shown = [0, 1, 2, 3];
const prepared = await prepare(frozen, onnxRuntime);
const { image } = data.test.gather(Uint32Array.from(shown));
const logits = await (await prepared.run({ image }))['logits']?.read();
console.log(`${drawDigits(data, logits?.data ?? [], shown)}\n`);

const report = {
  accuracy: trained.accuracy,
  trainSeconds: trained.trainSeconds,
  engines: engines.map(({ normwiseDifference, ...engine }) => ({ ...engine, normwiseDifference })),
};
await writeFileAtomic(
  `${folder}/quickstart.json`,
  Buffer.from(`${JSON.stringify(report, null, 2)}\n`),
);
console.log(`wrote ${folder}/quickstart.json`);
await onnxRuntime.dispose();
await reference.dispose();

const outside = engines.filter(({ normwiseDifference, budget }) => !(normwiseDifference <= budget));
for (const { name, normwiseDifference, budget } of outside) {
  console.error(
    `${name}: the difference from the reference is out of its budget, got ${normwiseDifference}. Expected at most ${budget}.`,
  );
}
if (outside.length > 0) process.exitCode = 1;

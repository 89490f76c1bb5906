import type { Tensor, TensorType } from '@etalon/compiler';
import { reduceMean, tensor } from '@etalon/compiler';
import type { BackendV1, HostTensor } from '@etalon/spec';
import { expectTypeOf } from 'vitest';
import { dense } from '../layers/dense.ts';
import { sparseCategoricalCrossEntropy } from '../losses/cross-entropy.ts';
import { sparseCategoricalAccuracy } from '../metrics/accuracy.ts';
import { defineModel } from '../model/define-model.ts';
import { defineProgram } from '../model/define-program.ts';
import { sgd } from '../optimizers/sgd.ts';
import { createTrainer } from './create-trainer.ts';
import type { ExampleBatch, Examples } from './dataset.ts';

declare const backend: BackendV1;
declare const examples: Examples;
declare const batch: ExampleBatch;
const optimizer = sgd({ learningRate: 0.1 });

const model = defineModel({
  name: 'digits',
  inputs: { image: tensor('float32', ['batch', 4]) },
  build: ({ image }) => ({ logits: dense(3)(image), hidden: image }),
});

// Names of inputs and outputs reach the model.
expectTypeOf(model.inputs).toEqualTypeOf<{ image: TensorType }>();
expectTypeOf(model.outputs.logits.shape).toExtend<readonly unknown[]>();
// @ts-expect-error: no such output
void model.outputs.logit;

defineModel({
  name: 'digits',
  inputs: { image: tensor('float32', ['batch', 4]) },
  // @ts-expect-error: no such input
  build: ({ imagee }) => ({ logits: dense(3)(imagee) }),
});

// Names of outputs and of declared targets reach the loss.
const trainer = await createTrainer(model, {
  backend,
  optimizer,
  targets: { label: tensor('int32', ['batch']) },
  loss: ({ logits }, { label }) => {
    expectTypeOf(logits).toEqualTypeOf<Tensor>();
    expectTypeOf(label).toEqualTypeOf<Tensor>();
    return sparseCategoricalCrossEntropy(logits, label);
  },
  metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
});

await createTrainer(model, {
  backend,
  optimizer,
  targets: { label: tensor('int32', ['batch']) },
  // @ts-expect-error: no such output
  loss: ({ logit }, { label }) => sparseCategoricalCrossEntropy(logit, label),
});

await createTrainer(model, {
  backend,
  optimizer,
  targets: { label: tensor('int32', ['batch']) },
  // @ts-expect-error: no such target
  loss: ({ logits }, { lable }) => sparseCategoricalCrossEntropy(logits, lable),
});

// Targets that are not declared may be missing.
await createTrainer(model, {
  backend,
  optimizer,
  loss: ({ logits }, { label }) => {
    expectTypeOf(label).toEqualTypeOf<Tensor | undefined>();
    return reduceMean(logits);
  },
});

// Names of metrics reach logs, history and callbacks.
const logs = await trainer.evaluate(examples);
expectTypeOf(logs).toEqualTypeOf<Readonly<Record<'loss' | 'accuracy', number>>>();
// @ts-expect-error: no such metric
void logs.precision;
await trainer.fit(examples, {
  epochs: 1,
  onProgress: ({ logs: { loss, accuracy } }) => {
    expectTypeOf(loss).toBeNumber();
    expectTypeOf(accuracy).toBeNumber();
  },
  onEpochEnd: ({ validation }) => (validation === undefined ? undefined : 'stop'),
});
await trainer.fit(examples, { epochs: 1, onEpochEnd: async () => {} });
await trainer.fit(examples, {
  epochs: 1,
  onEpochEnd: async ({ epoch }) => (epoch > 3 ? 'stop' : undefined),
});
// @ts-expect-error: epochs have no default
await trainer.fit(examples, {});

// Names of outputs reach predictions.
const predicted = await trainer.predict(batch);
expectTypeOf(predicted.logits).toEqualTypeOf<HostTensor>();
// @ts-expect-error: no such output
void predicted.logit;

// Trees of programs keep their shape.
const program = defineProgram(
  { state: { a: tensor('float32', []), b: [tensor('float32', [])] } },
  ({ state }) => ({ next: state, loss: state.a }),
);
const runnable = await program.prepare(backend);
const scalar: HostTensor = { dtype: 'float32', shape: [], data: new Float32Array(1) };
const { next } = await runnable.run({ state: { a: scalar, b: [scalar] } });
expectTypeOf(next.a.read).returns.resolves.toEqualTypeOf<HostTensor>();
// @ts-expect-error: a leaf is missing
await runnable.run({ state: { a: scalar } });

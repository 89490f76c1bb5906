import type { IndexedExamples } from '@etalon/core';
import {
  adam,
  conv2d,
  createTrainer,
  defineModel,
  dense,
  dropout,
  flatten,
  maxPool2d,
  sequential,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { BackendError, UnsupportedOperatorError } from '@etalon/spec';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { doubling, float32, programOf } from '../../test/programs.ts';
import type { OnnxRuntimeOptions } from './create-backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

type Execution = NonNullable<OnnxRuntimeOptions['execution']>;

/** Two products of large matrices: some 4 GFLOP, far above 2 ms on any CPU. */
const heavy = programOf('heavy', ({ input, node, output }) => {
  const x = input('x', 'float32', [1024, 1024]);
  const once = node('matmul', [x, x], 'float32', [1024, 1024]);
  output('y', node('matmul', [once, x], 'float32', [1024, 1024]));
});
const identity = float32(
  [1024, 1024],
  Array.from({ length: 1024 * 1024 }, (_, at) => (at % 1025 === 0 ? 1 : 0)),
);

/** Timer ticks while something goes on. */
async function ticksDuring(work: () => Promise<unknown>): Promise<number> {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 1);
  await work();
  clearInterval(timer);
  return ticks;
}

describe('execution', () => {
  it('is one of three', async () => {
    const options = { execution: 'thread' } as unknown as OnnxRuntimeOptions;
    await expect(createOnnxRuntimeBackend(options)).rejects.toMatchObject({
      code: 'EXECUTION_UNKNOWN',
      message:
        'createOnnxRuntimeBackend › execution: the value is not known, got "thread".\nExpected one of: "auto", "inline", "worker".',
    });
  });

  it('"worker" refuses a module, and "auto" stays inline with it', async () => {
    await expect(
      createOnnxRuntimeBackend({ execution: 'worker', runtime: ort }),
    ).rejects.toMatchObject({ name: 'AttributeError', code: 'EXECUTION_RUNTIME' });
    const backend = await createOnnxRuntimeBackend({ execution: 'auto', runtime: ort });
    expect(backend.name).toBe('onnxruntime-cpu');
    await backend.dispose();
  });

  it('"worker" looks the same from outside', async () => {
    const inline = await createOnnxRuntimeBackend({ execution: 'inline', threads: 1 });
    const backend = await createOnnxRuntimeBackend({ execution: 'worker', threads: 1 });
    const { name, manifest, device, threads } = inline;
    expect(backend).toMatchObject({ name, manifest, device, threads });
    const executable = await backend.compile(doubling);
    const { double } = await executable.run({ x: float32([1, 2], [1, 2]) });
    expect(await double?.read()).toEqual(float32([1, 2], [2, 4]));
    expect(backend.memory()).toEqual({ allocations: 1, pooledBytes: 0 });
    expect(await executable.placement()).toEqual(
      await (await inline.compile(doubling)).placement(),
    );
    await Promise.all([inline.dispose(), backend.dispose()]);
  });

  it('"worker" passes errors of the engine on with their causes', async () => {
    const backend = await createOnnxRuntimeBackend({ execution: 'worker', threads: 1 });
    const broken = programOf('broken', ({ input, node, output }) => {
      const x = input('x', 'float32', [2]);
      output('y', node('reshape', [x], 'float32', [3], { shape: [3] }));
    });
    const failing = backend.compile(broken).then((made) => made.run({ x: float32([2], [1, 2]) }));
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BackendError);
    expect((error as Error).cause).toBeInstanceOf(Error);
    const noisy = programOf('noisy', ({ node, output }) => {
      output('y', node('randomNormal', [], 'float32', [2], { shape: [2], stream: 'noise' }));
    });
    await expect(backend.compile(noisy)).rejects.toBeInstanceOf(UnsupportedOperatorError);
    await backend.dispose();
  });

  it('"worker" leaves the event loop free', async () => {
    const backend = await createOnnxRuntimeBackend({ execution: 'worker' });
    const executable = await backend.compile(heavy);
    const x = await backend.upload(identity);
    // Inline, a run of some 20 ms lets no timer in.
    expect(await ticksDuring(() => executable.run({ x }))).toBeGreaterThan(0);
    await backend.dispose();
  });

  it('"auto" moves a program that takes long, with its tensors', async () => {
    const backend = await createOnnxRuntimeBackend({ execution: 'auto' });
    const executable = await backend.compile(heavy);
    const x = await backend.upload(identity);
    let result = x;
    let ticks = 0;
    // The worker starts meanwhile; how long that takes is the machine's affair.
    for (let run = 0; run < 500 && ticks === 0; run += 1) {
      ticks = await ticksDuring(async () => {
        const { y } = await executable.run({ x });
        result.dispose();
        result = y ?? result;
      });
    }
    expect(ticks).toBeGreaterThan(0);
    await backend.dispose();
  });
});

describe('a training run', () => {
  const examples: IndexedExamples = {
    size: 96,
    fields: {
      image: { dtype: 'float32', shape: [20, 20, 1] },
      label: { dtype: 'int32', shape: [] },
    },
    gather: (indices) => ({
      image: {
        dtype: 'float32',
        shape: [indices.length, 20, 20, 1],
        data: Float32Array.from({ length: indices.length * 400 }, (_, at) =>
          Math.sin((indices[Math.floor(at / 400)] ?? 0) * 7 + at * 0.37),
        ),
      },
      label: {
        dtype: 'int32',
        shape: [indices.length],
        data: Int32Array.from(indices, (index) => index % 10),
      },
    }),
  };

  const network = () =>
    sequential(
      conv2d(16, { kernelSize: 3, activation: 'relu' }),
      maxPool2d(2),
      conv2d(32, { kernelSize: 3, activation: 'relu' }),
      flatten(),
      dropout(0.25),
      dense(10),
    );

  async function train(execution: Execution) {
    const backend = await createOnnxRuntimeBackend({ execution, threads: 2 });
    const model = defineModel({
      name: 'digits',
      inputs: { image: tensor('float32', ['batch', 20, 20, 1]) },
      build: ({ image }) => ({ logits: network()(image) }),
    });
    const trainer = await createTrainer(model, {
      backend,
      seed: 9,
      targets: { label: tensor('int32', ['batch']) },
      loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
      optimizer: adam({ learningRate: 1e-3 }),
      metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
    });
    // Evaluation borrows the state that steps consume; in "auto" either may have moved.
    const history = await trainer.fit(examples, {
      epochs: 12,
      batchSize: 16,
      stepsPerCall: 1,
      validation: examples,
    });
    const result = {
      logs: history.epochs.map(({ logs }) => logs),
      variables: trainer.variables,
      predicted: await trainer.predict(await examples.gather(Uint32Array.of(3, 5))),
    };
    trainer.dispose();
    await backend.dispose();
    return result;
  }

  it('gives the same bits inline, in a worker, and where it moves', async () => {
    const inline = await train('inline');
    expect(await train('worker')).toEqual(inline);
    expect(await train('auto')).toEqual(inline);
  });
});

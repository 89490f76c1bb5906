import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { IndexedExamples } from '@etalon/core';
import { adam, createTrainer, defineModel, dense, meanSquaredError, tensor } from '@etalon/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { float32, programOf } from '../../test/programs.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

const workers: Worker[] = [];
const note = (worker: Worker) => void workers.push(worker);
beforeEach(() => void process.on('worker', note));
afterEach(() => {
  process.off('worker', note);
  workers.length = 0;
});

/** Ends the worker of the backend that was created last, as a crash would. */
async function kill(): Promise<void> {
  const worker = workers.at(-1);
  if (worker === undefined) throw new Error('kill: no worker was started');
  await Promise.all([once(worker, 'exit'), worker.terminate()]);
}

const died = { name: 'BackendError', code: 'BACKEND_WORKER_DIED' };

describe('a worker that dies', () => {
  it('with a run on its way rejects the run, and a new backend goes on', async () => {
    const heavy = programOf('heavy', ({ input, node, output }) => {
      const x = input('x', 'float32', [1024, 1024]);
      let y = x;
      for (let product = 0; product < 10; product += 1) {
        y = node('matmul', [y, x], 'float32', [1024, 1024]);
      }
      output('y', y);
    });
    const zeros = float32([1024, 1024], new Array<number>(1024 * 1024).fill(0));
    const backend = await createOnnxRuntimeBackend({ execution: 'worker' });
    const executable = await backend.compile(heavy);
    const x = await backend.upload(zeros);
    // Ended first: inside a computation onnxruntime-node 1.30 ends the whole process when its worker is terminated ("terminate called
    // after throwing an instance of 'Napi::Error'"), which no code around it can catch. Backends never end a worker so.
    const killed = kill();
    const run = executable.run({ x });
    const rejected = expect(run).rejects.toMatchObject({
      ...died,
      message: expect.stringContaining('heavy › run: the worker that ran the backend has ended'),
    });
    await killed;
    await rejected;
    await expect(x.read()).rejects.toMatchObject(died);
    await backend.dispose();

    const next = await createOnnxRuntimeBackend({ execution: 'worker' });
    const { y } = await (await next.compile(heavy)).run({ x: zeros });
    expect((await y?.read())?.data[0]).toBe(0);
    await next.dispose();
  });

  it('in the middle of a training run ends it with the error, and what was reached can be taken along', async () => {
    const examples: IndexedExamples = {
      size: 64,
      fields: { x: { dtype: 'float32', shape: [3] }, y: { dtype: 'float32', shape: [1] } },
      gather: (indices) => ({
        x: float32(
          [indices.length, 3],
          [...indices].flatMap((at) => [at % 2, at % 3, at % 5]),
        ),
        y: float32(
          [indices.length, 1],
          [...indices].map((at) => at % 7),
        ),
      }),
    };
    const trainerOn = async (execution: 'inline' | 'worker') => {
      const backend = await createOnnxRuntimeBackend({ execution, threads: 1 });
      const model = defineModel({
        name: 'line',
        inputs: { x: tensor('float32', ['batch', 3]) },
        build: ({ x }) => ({ y: dense(1)(x) }),
      });
      const trainer = await createTrainer(model, {
        backend,
        targets: { y: tensor('float32', ['batch', 1]) },
        loss: ({ y }, { y: wanted }) => meanSquaredError(y, wanted),
        optimizer: adam(),
        seed: 1,
      });
      const end = async () => {
        trainer.dispose();
        await backend.dispose();
      };
      return { trainer, end };
    };
    const options = { epochs: 6, batchSize: 16 };

    const { trainer, end } = await trainerOn('worker');
    let epochs = 0;
    const training = trainer.fit(examples, {
      ...options,
      onEpochEnd: async () => {
        epochs += 1;
        if (epochs === 3) await kill();
      },
    });
    await expect(training).rejects.toMatchObject(died);
    // The third epoch's steps were in the worker only: what is left is the state at its begin.
    expect([epochs, trainer.iteration]).toEqual([3, 8]);
    const reached = await trainer.checkpoint();
    await end();

    const [resumed, whole] = [await trainerOn('worker'), await trainerOn('inline')];
    await resumed.trainer.restore(reached);
    await resumed.trainer.fit(examples, options);
    await whole.trainer.fit(examples, options);
    expect(resumed.trainer.iteration).toBe(24);
    expect(resumed.trainer.variables).toEqual(whole.trainer.variables);
    await Promise.all([resumed.end(), whole.end()]);
  });
});

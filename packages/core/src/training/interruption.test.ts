import { mul, reduceMean, tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countingBackend } from '../../test/support/counting-backend.ts';
import { datasetOf, streamOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { centering, modelOf } from '../../test/support/models.ts';
import { floats } from '../../test/support/tensors.ts';
import { pointModel, points, pointTrainer, variableBits } from '../../test/support/trainers.ts';
import { dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { sequential } from '../layers/sequential.ts';
import { sgd } from '../optimizers/sgd.ts';
import { createTrainer } from './create-trainer.ts';
import type { Examples } from './dataset.ts';

const examples = datasetOf(points(37));
const stream = streamOf(points(37), [8, 8, 8, 8, 5]);
const options = { epochs: 3, batchSize: 8 };

async function uninterrupted(data: Examples): Promise<unknown> {
  const trainer = await pointTrainer();
  const { epochs } = await trainer.fit(data, { ...options, validation: examples });
  return { bits: variableBits(trainer), last: epochs.at(-1)?.logs, iteration: trainer.iteration };
}

describe('an aborted fit', () => {
  it.each([
    ['indexed examples', examples, 1, [2, 8, 8]],
    ['indexed examples, two steps a call', examples, 2, [2, 9, 9]],
    ['a stream', stream, 1, [2, 8, 8]],
  ])('goes on where it was, to the same bits, on %s', async (_, data, stepsPerCall, stops) => {
    const trainer = await pointTrainer();
    const all = { ...options, stepsPerCall, validation: examples };
    // in the first epoch, in the second, and before anything is done
    for (const last of stops) {
      const signal = { aborted: trainer.iteration >= last, reason: new Error('enough') };
      const onProgress = (): void => {
        signal.aborted = trainer.iteration >= last;
      };
      const error = await rejected(trainer.fit(data, { ...all, signal, onProgress }));
      expect(error).toMatchObject({ name: 'TrainingError', code: 'TRAINING_ABORTED' });
      expect(error.cause).toBe(signal.reason);
      expect(trainer.iteration).toBe(last);
    }
    const { epochs } = await trainer.fit(data, all);
    // the epoch that was interrupted and the one after it; means are over whole epochs
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    const last = epochs.at(-1)?.logs;
    expect({ bits: variableBits(trainer), last, iteration: trainer.iteration }).toEqual(
      await uninterrupted(data),
    );
  });

  it('goes on to the same bits whatever the sizes and wherever it stopped', async () => {
    const integer = (min: number, max: number) => fc.integer({ min, max });
    await fc.assert(
      fc.asyncProperty(
        integer(1, 20),
        integer(1, 7),
        integer(1, 4),
        integer(1, 3),
        fc.array(integer(1, 12), { maxLength: 4 }),
        fc.boolean(),
        async (count, batchSize, stepsPerCall, epochs, pauses, isStream) => {
          const numFull = Math.floor(count / batchSize);
          const sizes = [...Array<number>(numFull).fill(batchSize), count % batchSize];
          const data = isStream ? streamOf(points(count), sizes) : datasetOf(points(count));
          const all = { epochs, batchSize, stepsPerCall };
          const model = pointModel(sequential(centering(), dropout(0.5), dense(3)));
          const straight = await pointTrainer({ model });
          const whole = await straight.fit(data, { ...all, stepsPerCall: 1 });
          const trainer = await pointTrainer({ model });
          for (const pause of pauses) {
            const stop = trainer.iteration + pause;
            if (stop >= straight.iteration) break;
            const signal = { aborted: false, reason: undefined };
            const onProgress = (): void => {
              signal.aborted = trainer.iteration >= stop;
            };
            // the last call may have gone past the last step
            await trainer.fit(data, { ...all, signal, onProgress }).catch((error: unknown) => {
              expect(error).toMatchObject({ code: 'TRAINING_ABORTED' });
            });
            if (trainer.iteration === straight.iteration) return;
          }
          const rest = await trainer.fit(data, all);
          expect(variableBits(trainer)).toEqual(variableBits(straight));
          expect(trainer.iteration).toBe(straight.iteration);
          expect(rest.epochs.at(-1)?.logs).toEqual(whole.epochs.at(-1)?.logs);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says where it was aborted, and leaves the variables of that moment', async () => {
    const trainer = await pointTrainer();
    const before = variableBits(trainer);
    const controller = new AbortController();
    const error = await rejected(
      trainer.fit(examples, {
        ...options,
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step === 3) controller.abort();
        },
      }),
    );
    expect(error.message).toBe(
      'fit of "points": the run was aborted before step 3 of epoch 0.\nThe trainer stays usable; an interrupted fit() goes on here when it is called again.',
    );
    expect(error.cause).toBe(controller.signal.reason);
    expect(variableBits(trainer)).not.toEqual(before);
    expect(await trainer.synchronize()).toEqual(trainer.variables);
  });

  it('may be aborted while it evaluates', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    const controller = new AbortController();
    backend.beforeRun = (program) => {
      if (program === 'points evaluation') controller.abort();
    };
    const validation = streamOf(points(37), [20, 17]);
    const all = { ...options, validation };
    const error = await rejected(trainer.fit(examples, { ...all, signal: controller.signal }));
    expect(error).toMatchObject({
      code: 'TRAINING_ABORTED',
      message: expect.stringContaining(
        'fit of "points" › validation: the run was aborted before batch 1.',
      ),
    });
    const { epochs } = await trainer.fit(examples, all);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    expect(variableBits(trainer)).toEqual(
      await uninterrupted(examples).then((run) => (run as { bits: unknown }).bits),
    );
  });

  it('closes the stream that it reads', async () => {
    let isClosed = false;
    const watched = {
      fields: stream.fields,
      async *batches() {
        try {
          yield* stream.batches();
        } finally {
          isClosed = true;
        }
      },
    };
    const trainer = await pointTrainer();
    const signal = { aborted: true, reason: undefined };
    await rejected(trainer.fit(watched, { ...options, signal }));
    expect(isClosed).toBe(true);
  });
});

describe('a callback or a data set that throws', () => {
  it('ends the run with its error, and the next one goes on', async () => {
    const trainer = await pointTrainer();
    const failure = new Error('callback');
    const failing = trainer.fit(examples, {
      ...options,
      onProgress: ({ iteration }) => {
        if (iteration === 7) throw failure;
      },
    });
    await expect(failing).rejects.toBe(failure);
    let numGathered = 0;
    const broken = {
      ...examples,
      gather: (indices: Uint32Array) => {
        if (numGathered++ === 1) throw failure;
        return examples.gather(indices);
      },
    };
    await expect(trainer.fit(broken, options)).rejects.toBe(failure);
    expect(trainer.iteration).toBe(8);
    await trainer.fit(examples, options);
    expect(variableBits(trainer)).toEqual(
      await uninterrupted(examples).then((run) => (run as { bits: unknown }).bits),
    );
  });
});

describe('a loss that is no number', () => {
  const diverging = () =>
    createTrainer(modelOf(dense(1)), {
      backend: createReferenceBackend(),
      targets: { scale: tensor('float32', ['batch', 1]) },
      loss: ({ y }, { scale }) => reduceMean(mul(y, scale)),
      optimizer: sgd({ learningRate: 2 ** -3 }),
      seed: 3,
    });
  const x = Array.from({ length: 16 }, (_, index) => index / 16);
  const data = (scale: readonly number[]) =>
    datasetOf({ x: floats(x, [4, 4]), scale: floats(scale, [4, 1]) });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
  ])('such as %s brings the beginning of the epoch back', async (name, value) => {
    const trainer = await diverging();
    await trainer.fit(data([1, 1, 1, 1]), { epochs: 1, batchSize: 1 });
    const before = { ...trainer.variables.parameters };
    const broken = data([1, 1, value, 1]);
    const error = await rejected(trainer.fit(broken, { epochs: 1, batchSize: 1, shuffle: false }));
    expect(error).toMatchObject({
      name: 'TrainingError',
      code: 'TRAINING_NOT_FINITE',
      details: { epoch: 0, step: 2 },
      message: expect.stringMatching(
        /^fit of "model": the loss must be a finite number, got (NaN|-?Infinity) at step 2 of epoch 0\. The trainer is back at step 0 of this epoch\.\nFix: lower the learning rate, check the data for NaN, or keep the loss on logits\.$/,
      ),
    });
    expect(error.message).toContain(name);
    expect(trainer.variables.parameters).toEqual(before);
    expect(trainer.iteration).toBe(4);
    await trainer.fit(data([1, 1, 2, 1]), { epochs: 1, batchSize: 1, shuffle: false });
    const straight = await diverging();
    await straight.fit(data([1, 1, 1, 1]), { epochs: 1, batchSize: 1 });
    await straight.fit(data([1, 1, 2, 1]), { epochs: 1, batchSize: 1, shuffle: false });
    for (const [path, { data: values }] of Object.entries(straight.variables.parameters)) {
      // state that was brought back was rounded to float32
      values.forEach((expected, index) => {
        expect(trainer.variables.parameters[path]?.data[index]).toBeCloseTo(expected, 6);
      });
    }
  });

  it('is found among several steps of one call', async () => {
    const trainer = await diverging();
    const fit = { epochs: 1, batchSize: 1, shuffle: false, stepsPerCall: 4 };
    const error = await rejected(trainer.fit(data([1, 1, Number.NaN, 1]), fit));
    expect(error.details).toMatchObject({ epoch: 0, step: 2 });
    expect(trainer.iteration).toBe(0);
  });

  it('goes back no further than to where an interrupted epoch was taken up', async () => {
    const trainer = await diverging();
    const signal = { aborted: false, reason: undefined };
    const onProgress = (): void => {
      signal.aborted = true;
    };
    const fit = { epochs: 1, batchSize: 1, shuffle: false };
    const broken = data([1, 1, Number.NaN, 1]);
    await rejected(trainer.fit(broken, { ...fit, signal, onProgress }));
    const before = { ...trainer.variables.parameters };
    const error = await rejected(trainer.fit(broken, fit));
    expect(error.message).toContain('at step 2 of epoch 0. The trainer is back at step 1 of');
    expect(trainer.variables.parameters).toEqual(before);
    expect(trainer.iteration).toBe(1);
  });
});

describe('an engine that fails', () => {
  it('leaves the trainer as it was when the state is still there', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    const failure = new Error('engine');
    backend.beforeRun = (_, run) => {
      if (run === 7) throw failure;
    };
    await expect(trainer.fit(examples, options)).rejects.toBe(failure);
    expect(trainer.iteration).toBe(7);
    await trainer.fit(examples, options);
    expect(variableBits(trainer)).toEqual(
      await uninterrupted(examples).then((run) => (run as { bits: unknown }).bits),
    );
  });

  it('brings the beginning of the epoch back when the state went with it', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    const failure = new Error('engine');
    let begin: unknown;
    backend.beforeRun = (_, run) => {
      if (run !== 7) return;
      for (const tensor of backend.live) tensor.dispose();
      throw failure;
    };
    const failing = trainer.fit(examples, {
      ...options,
      onEpochBegin: async () => {
        await trainer.synchronize();
        begin = variableBits(trainer);
      },
    });
    await expect(failing).rejects.toBe(failure);
    expect(variableBits(trainer)).toEqual(begin);
    expect(trainer.iteration).toBe(5);
    const { epochs } = await trainer.fit(examples, options);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('is asked again for a program that it failed to make', async () => {
    const backend = countingBackend();
    const { compile } = backend;
    const failure = new Error('out of memory');
    let numCalls = 0;
    backend.compile = async (program, choices) => {
      if (numCalls++ === 1) throw failure;
      return compile(program, choices);
    };
    const trainer = await pointTrainer({ backend });
    await expect(trainer.evaluate(examples)).rejects.toBe(failure);
    await expect(trainer.evaluate(examples)).resolves.toBeDefined();
  });
});

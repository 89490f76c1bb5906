import { foldIn, foldInString, permutation, randomKey } from '@etalon/compiler';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { countingBackend } from '../../test/support/counting-backend.ts';
import { datasetOf, streamOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { pointModel, points, pointTrainer, variableBits } from '../../test/support/trainers.ts';
import { dense } from '../layers/dense.ts';
import { sgd } from '../optimizers/sgd.ts';
import type { IndexedExamples } from './dataset.ts';
import type { FitProgress } from './events.ts';
import type { FitOptions } from './trainer.ts';

afterEach(() => {
  vi.useRealTimers();
});

const examples = datasetOf(points(37));

describe('fit', () => {
  it('learns', async () => {
    const trainer = await pointTrainer();
    const before = await trainer.evaluate(examples);
    const { epochs } = await trainer.fit(examples, { epochs: 40, batchSize: 8 });
    const after = await trainer.evaluate(examples);
    expect(epochs).toHaveLength(40);
    expect(before.accuracy).toBeLessThan(0.6);
    expect(after.accuracy).toBeGreaterThan(0.9);
    expect(after.loss).toBeLessThan(before.loss / 2);
  });

  it.each([2, 3, 5, 'auto'] as const)(
    'gives the same bits with %s steps in one call as with one',
    async (stepsPerCall) => {
      const run = async (steps: number | 'auto') => {
        const backend = countingBackend();
        const trainer = await pointTrainer({ backend });
        const options = { epochs: 3, batchSize: 8, stepsPerCall: steps };
        const { epochs } = await trainer.fit(examples, options);
        const logs = epochs.map((epoch) => epoch.logs);
        return { logs, bits: variableBits(trainer), iteration: trainer.iteration };
      };
      expect(await run(stepsPerCall)).toEqual(await run(1));
    },
  );

  it('makes eight steps in a call by itself where the engine loops inside', async () => {
    const backend = countingBackend({ loopPolicy: 'inside' });
    const trainer = await pointTrainer({ backend });
    const single = await pointTrainer();
    const seen: number[] = [];
    const options = { epochs: 8, batchSize: 4 };
    await trainer.fit(examples, {
      ...options,
      onProgress: ({ epoch, step }) => {
        if (epoch === 0) seen.push(step);
      },
    });
    await single.fit(examples, options);
    // nine batches of 4 and one of 1
    expect(seen).toEqual([8, 9, 10]);
    expect(variableBits(trainer)).toEqual(variableBits(single));
  });

  it('makes two programs at most, whatever is left over for the last call', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    // four batches of 8 and one of 5: a call of three steps, and two of one
    await trainer.fit(examples, { epochs: 2, batchSize: 8, stepsPerCall: 3 });
    expect(backend.programs).toEqual(['points training step', 'points training steps']);
    expect(backend.numRuns).toBe(2 * 3);
  });

  it('weighs a smaller last batch by its examples', async () => {
    const model = pointModel(dense(3));
    const trainer = await pointTrainer({ model, optimizer: sgd({ learningRate: 0 }) });
    const { epochs } = await trainer.fit(examples, { epochs: 1, batchSize: 16 });
    const whole = await trainer.evaluate(examples, { batchSize: 37 });
    expect(epochs[0]?.logs.loss).toBeCloseTo(whole.loss, 6);
    expect(epochs[0]?.logs.accuracy).toBe(whole.accuracy);
  });

  it('shuffles each epoch by the seed and its number, from fit to fit', async () => {
    const seen: number[][] = [];
    const watched: IndexedExamples = {
      ...examples,
      gather: (indices) => {
        seen.push([...indices]);
        return examples.gather(indices);
      },
    };
    const trainer = await pointTrainer({ seed: 6 });
    await trainer.fit(watched, { epochs: 2, batchSize: 37 });
    await trainer.fit(watched, { epochs: 1, batchSize: 37 });
    await trainer.fit(watched, { epochs: 1, batchSize: 37, shuffle: false });
    const order = (epoch: number) => [
      ...permutation(foldIn(foldInString(randomKey(6), 'shuffle'), epoch), 37),
    ];
    const inOrder = Array.from({ length: 37 }, (_, index) => index);
    expect(seen).toEqual([order(0), order(1), order(2), inOrder]);
    expect(order(0)).not.toEqual(inOrder);
  });

  it('evaluates validation examples after each epoch', async () => {
    const validation = datasetOf(points(11));
    const trainer = await pointTrainer();
    const single = await pointTrainer();
    const { epochs } = await trainer.fit(examples, { epochs: 2, batchSize: 8, validation });
    for (const result of epochs) {
      // shuffles and draws go by the trainer's own count of epochs and steps
      await single.fit(examples, { epochs: 1, batchSize: 8 });
      expect(result.validation).toEqual(await single.evaluate(validation));
    }
    const { epochs: without } = await trainer.fit(examples, { epochs: 1 });
    expect(without[0]?.validation).toBeUndefined();
  });

  it('calls back in order and awaits each callback', async () => {
    const events: string[] = [];
    const note = async (event: string): Promise<void> => {
      await Promise.resolve();
      events.push(event);
    };
    const backend = countingBackend();
    backend.beforeRun = (program) => {
      events.push(program);
    };
    const trainer = await pointTrainer({ backend });
    const options: FitOptions<'accuracy'> = {
      epochs: 2,
      batchSize: 20,
      validation: examples,
      onEpochBegin: (epoch) => note(`begin ${epoch}`),
      onProgress: ({ epoch, step }) => note(`progress ${epoch} ${step}`),
      onEpochEnd: ({ epoch }) => note(`end ${epoch}`),
    };
    await trainer.fit(examples, options);
    const epochEvents = (epoch: number): readonly string[] => [
      `begin ${epoch}`,
      'points training step',
      `progress ${epoch} 1`,
      'points training step',
      `progress ${epoch} 2`,
      'points evaluation',
      `end ${epoch}`,
    ];
    expect(events).toEqual([...epochEvents(0), ...epochEvents(1)]);
  });

  it('ends after an epoch when a callback says so, and begins anew the next time', async () => {
    const trainer = await pointTrainer();
    const onEpochEnd = ({ epoch }: { epoch: number }) => (epoch === 1 ? 'stop' : undefined);
    const { epochs } = await trainer.fit(examples, { epochs: 9, batchSize: 8, onEpochEnd });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1]);
    expect(trainer.iteration).toBe(10);
    const next = await trainer.fit(examples, { epochs: 1, batchSize: 8 });
    expect(next.epochs.map(({ epoch }) => epoch)).toEqual([0]);
  });

  it('reports progress in steps, examples and seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const backend = countingBackend();
    backend.beforeRun = (program) => {
      vi.setSystemTime(Date.now() + (program === 'points evaluation' ? 10_000 : 500));
    };
    const trainer = await pointTrainer({ backend });
    const seen: FitProgress<'accuracy'>[] = [];
    const { epochs } = await trainer.fit(examples, {
      epochs: 2,
      batchSize: 16,
      validation: examples,
      onProgress: (progress) => {
        seen.push(progress);
      },
    });
    const numbers = seen.map((p) => [
      p.epoch,
      p.epochs,
      p.step,
      p.steps,
      p.iteration,
      p.examples,
      p.examplesPerSecond,
      p.secondsLeft,
    ]);
    // 16, 16 and 5 examples, half a second each; validation does not count
    expect(numbers).toEqual([
      [0, 2, 1, 3, 1, 16, 32, 2.5],
      [0, 2, 2, 3, 2, 32, 32, 2],
      [0, 2, 3, 3, 3, 37, 37 / 1.5, 1.5],
      [1, 2, 1, 3, 4, 16, 32, 1],
      [1, 2, 2, 3, 5, 32, 32, 0.5],
      [1, 2, 3, 3, 6, 37, 37 / 1.5, 0],
    ]);
    expect(epochs.map(({ seconds, examplesPerSecond }) => [seconds, examplesPerSecond])).toEqual([
      [1.5, 37 / 1.5],
      [1.5, 37 / 1.5],
    ]);
    expect(epochs.map(({ logs }) => logs)).toEqual([seen[2]?.logs, seen[5]?.logs]);
  });

  it('estimates the time left of an interrupted epoch by the steps of this call', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const backend = countingBackend();
    let seconds = 100;
    backend.beforeRun = () => {
      vi.setSystemTime(Date.now() + seconds * 1000);
    };
    const trainer = await pointTrainer({ backend });
    const signal = { aborted: false, reason: undefined };
    const fit = { epochs: 1, batchSize: 8 };
    const onProgress = ({ step }: FitProgress): void => {
      signal.aborted = step === 2;
    };
    await rejected(trainer.fit(examples, { ...fit, signal, onProgress }));
    seconds = 2;
    const seen: FitProgress[] = [];
    await trainer.fit(examples, {
      ...fit,
      onProgress: (progress) => {
        seen.push(progress);
      },
    });
    expect(
      seen.map(({ step, secondsLeft, examplesPerSecond }) => [
        step,
        secondsLeft,
        examplesPerSecond,
      ]),
    ).toEqual([
      [3, 4, 4],
      [4, 2, 4],
      [5, 0, 21 / 6],
    ]);
  });

  it('reads streams in their order and learns their length by the first epoch', async () => {
    const sizes = [8, 8, 0, 16, 5];
    const stream = streamOf(points(37), sizes);
    const trainer = await pointTrainer();
    const steps: (number | undefined)[] = [];
    await trainer.fit(stream, {
      epochs: 2,
      onProgress: (progress) => {
        steps.push(progress.steps);
      },
    });
    expect(steps).toEqual([undefined, undefined, undefined, undefined, 4, 4, 4, 4]);
    const streamed = await pointTrainer();
    const indexed = await pointTrainer();
    await streamed.fit(streamOf(points(37), [16, 16, 5]), { epochs: 2, stepsPerCall: 2 });
    await indexed.fit(examples, { epochs: 2, batchSize: 16, shuffle: false });
    expect(variableBits(streamed)).toEqual(variableBits(indexed));
  });

  it('reads examples that take their time', async () => {
    const slow: IndexedExamples = {
      ...examples,
      gather: async (indices) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return examples.gather(indices);
      },
    };
    const waited = await pointTrainer();
    const direct = await pointTrainer();
    await waited.fit(slow, { epochs: 1, batchSize: 8 });
    await direct.fit(examples, { epochs: 1, batchSize: 8 });
    expect(variableBits(waited)).toEqual(variableBits(direct));
  });

  it.each([
    ['epochs', { epochs: 0 }, 0],
    ['epochs', { epochs: Number.NaN }, Number.NaN],
    ['batchSize', { epochs: 1, batchSize: 1.5 }, 1.5],
    ['stepsPerCall', { epochs: 1, stepsPerCall: -2 }, -2],
  ])('refuses %s out of range (case %#)', async (option, options, got) => {
    const trainer = await pointTrainer();
    expect(await rejected(trainer.fit(examples, options))).toMatchObject({
      name: 'AttributeError',
      code: 'OPTION_COUNT',
      message: `fit of "points": ${option} must be an integer of at least 1, got ${got}.`,
    });
  });

  it('refuses to train on nothing', async () => {
    const trainer = await pointTrainer();
    const nothing = { ...examples, size: 0 };
    const error = { name: 'DataError', code: 'EXAMPLES_NONE' };
    expect(await rejected(trainer.fit(nothing, { epochs: 1 }))).toMatchObject({
      ...error,
      message: 'fit of "points": there are no examples, got 0.',
    });
    expect(await rejected(trainer.fit(streamOf(points(1), []), { epochs: 1 }))).toMatchObject(
      error,
    );
    expect(await rejected(trainer.evaluate(nothing))).toMatchObject(error);
    expect(await rejected(trainer.predict(nothing))).toMatchObject(error);
  });
});

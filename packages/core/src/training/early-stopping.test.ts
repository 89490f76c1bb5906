import { describe, expect, it } from 'vitest';
import { countingBackend } from '../../test/support/counting-backend.ts';
import { datasetOf } from '../../test/support/datasets.ts';
import { caught, rejected } from '../../test/support/errors.ts';
import { pointModel, points, pointTrainer, variableBits } from '../../test/support/trainers.ts';
import { sgd } from '../optimizers/sgd.ts';
import { createTrainer } from './create-trainer.ts';
import type { EarlyStopping } from './early-stopping.ts';
import { stoppingOf } from './early-stopping.ts';
import type { EpochResult } from './events.ts';

const examples = datasetOf(points(37));

/** Epochs that a run with these results takes, and its outcome. */
function watch(options: EarlyStopping, losses: readonly number[], key = 'loss'): object {
  const stopping = stoppingOf('fit', { earlyStopping: options }, [
    { name: 'accuracy', direction: 'max' },
  ]);
  const ends = losses.findIndex((loss, epoch) => {
    const logs = { loss: 0, accuracy: 0, [key]: loss };
    stopping?.observe({ epoch, logs } as unknown as EpochResult);
    return stopping?.isOver;
  });
  return { epochs: ends < 0 ? losses.length : ends + 1, ...stopping?.outcome() };
}

describe('early stopping', () => {
  it.each<[EarlyStopping, readonly number[], object]>([
    [{}, [3, 2, 2, 1], { epochs: 3, bestEpoch: 1, stoppedEarly: true }],
    [{ patience: 2 }, [3, 2, 2.5, 1, 1, 1], { epochs: 6, bestEpoch: 3, stoppedEarly: true }],
    [{ patience: 3 }, [3, 2, 2, 2], { epochs: 4, bestEpoch: 1, stoppedEarly: false }],
    [{ minDelta: 0.5 }, [3, 2, 1.75, 1], { epochs: 3, bestEpoch: 1, stoppedEarly: true }],
    [{ mode: 'max' }, [1, 2, 1], { epochs: 3, bestEpoch: 1, stoppedEarly: true }],
    [{ patience: 2 }, [Number.NaN, 1, 1, 1], { epochs: 4, bestEpoch: 1, stoppedEarly: true }],
  ])('%j of %j', (options, losses, outcome) => {
    expect(watch(options, losses)).toEqual(outcome);
  });

  it('goes by the direction of a metric, and asks where it has none', () => {
    const begin = (earlyStopping: EarlyStopping) => () =>
      stoppingOf('fit', { earlyStopping }, [{ name: 'error', direction: 'min' }, { name: 'mine' }])
        ?.progress.mode;
    expect(begin({ monitor: 'error' })()).toBe('min');
    expect(begin({ monitor: 'error', mode: 'max' })()).toBe('max');
    expect(begin({ monitor: 'mine', mode: 'max' })()).toBe('max');
    expect(caught(begin({ monitor: 'mine' }))).toMatchObject({ code: 'OPTION_MODE' });
  });

  it('looks for the largest accuracy', () => {
    const outcome = { epochs: 3, bestEpoch: 1, stoppedEarly: true };
    expect(watch({ monitor: 'accuracy' }, [0.5, 0.75, 0.75, 1], 'accuracy')).toEqual(outcome);
  });

  it.each([1, 'auto'] as const)(
    'brings the best state back, with %s steps in a call',
    async (stepsPerCall) => {
      const backend = () => countingBackend({ loopPolicy: 'inside' });
      // A rate so large that the loss goes up and down.
      const options = { seed: 3, optimizer: sgd({ learningRate: 4, momentum: 0.5 }) };
      const watched = await pointTrainer({ backend: backend(), ...options });
      const bits: object[] = [];
      const history = await watched.fit(examples, {
        epochs: 12,
        batchSize: 8,
        stepsPerCall,
        validation: examples,
        earlyStopping: { patience: 12, restoreBest: true },
        onEpochEnd: async () => {
          await watched.synchronize();
          bits.push(variableBits(watched));
        },
      });
      const losses = history.epochs.map(({ validation }) => validation?.loss ?? Number.NaN);
      const best = losses.indexOf(Math.min(...losses));
      expect(best).toBeLessThan(11);
      expect(history).toMatchObject({ bestEpoch: best, stoppedEarly: false });
      expect(variableBits(watched)).toEqual(bits[best]);
      expect((await watched.evaluate(examples)).loss).toBe(losses[best]);
    },
  );

  // A rate so large that the loss goes up and down.
  const unsteady = { seed: 3, optimizer: sgd({ learningRate: 4, momentum: 0.5 }) };
  const watched = {
    epochs: 12,
    batchSize: 8,
    validation: examples,
    earlyStopping: { patience: 4, restoreBest: true },
  };

  it.each([3, 11, 16, 28])(
    'goes on after an abort at step %d as if there had been none',
    async (at) => {
      const straight = await pointTrainer(unsteady);
      const history = await straight.fit(examples, watched);
      expect(history).toMatchObject({ stoppedEarly: true });
      const last = history.epochs.length - 1;
      // Five steps an epoch.
      expect(last).toBeGreaterThanOrEqual(Math.floor(at / 5));
      const trainer = await pointTrainer(unsteady);
      const signal = { aborted: false, reason: undefined };
      const onProgress = (): void => {
        signal.aborted = trainer.iteration === at;
      };
      expect(
        await rejected(trainer.fit(examples, { ...watched, signal, onProgress })),
      ).toMatchObject({
        code: 'TRAINING_ABORTED',
      });
      const resumed = await trainer.fit(examples, watched);
      expect(resumed).toMatchObject({ bestEpoch: history.bestEpoch, stoppedEarly: true });
      expect(resumed.epochs.at(-1)?.epoch).toBe(last);
      expect(variableBits(trainer)).toEqual(variableBits(straight));
    },
  );

  it('goes on from a checkpoint of every epoch, the last one too, to the same bits', async () => {
    const straight = await pointTrainer(unsteady);
    const checkpoints: Uint8Array[] = [];
    const history = await straight.fit(examples, {
      ...watched,
      onEpochEnd: async () => {
        checkpoints.push(await straight.checkpoint());
      },
    });
    expect(history.bestEpoch).toBeLessThan(history.epochs.length - 1);
    for (const [epoch, bytes] of checkpoints.entries()) {
      const trainer = await pointTrainer(unsteady);
      await trainer.restore(bytes);
      const resumed = await trainer.fit(examples, watched);
      expect(resumed).toMatchObject({ bestEpoch: history.bestEpoch, stoppedEarly: true });
      expect(resumed.epochs).toHaveLength(checkpoints.length - 1 - epoch);
      expect(variableBits(trainer)).toEqual(variableBits(straight));
    }
  });

  it('begins anew when the run that was interrupted watched something else', async () => {
    const trainer = await pointTrainer(unsteady);
    let bytes: Uint8Array = new Uint8Array();
    await trainer.fit(examples, {
      ...watched,
      onEpochEnd: async ({ epoch }) => {
        if (epoch === 2) bytes = await trainer.checkpoint();
      },
    });
    const other = await pointTrainer(unsteady);
    await other.restore(bytes);
    const earlyStopping = { monitor: 'accuracy', patience: 12 } as const;
    const { bestEpoch } = await other.fit(examples, { ...watched, epochs: 4, earlyStopping });
    expect(bestEpoch).toBe(3);
  });

  it('ends training, and lets it go on in another call', async () => {
    const trainer = await pointTrainer();
    const options = { epochs: 9, batchSize: 8, validation: examples };
    const history = await trainer.fit(examples, {
      ...options,
      earlyStopping: { patience: 2, minDelta: 100 },
    });
    expect(history).toMatchObject({ bestEpoch: 0, stoppedEarly: true });
    expect(history.epochs).toHaveLength(3);
    expect((await trainer.fit(examples, options)).epochs).toHaveLength(9);
  });

  it('names what is wrong', async () => {
    const trainer = await pointTrainer();
    const refused = (earlyStopping: object) =>
      rejected(trainer.fit(examples, { epochs: 1, earlyStopping }));
    expect(await refused({ monitor: 'acuracy' })).toMatchObject({
      code: 'OPTION_MONITOR',
      message:
        'fit of "points" › earlyStopping: there is no such result to monitor, got "acuracy".\nExpected one of ["loss","accuracy"].',
    });
    expect(await refused({ monitor: 'acuracy', mode: 'max' })).toMatchObject({
      code: 'OPTION_MONITOR',
    });
    expect(await refused({ mode: 'auto' })).toMatchObject({
      code: 'OPTION_MODE',
      message:
        'fit of "points" › earlyStopping: mode must tell whether less or more of "loss" is better, got auto.\nExpected "min" or "max".',
    });
    expect(await refused({ patience: 1.5 })).toMatchObject({ code: 'OPTION_RANGE' });
    expect(await refused({ minDelta: -1 })).toMatchObject({ code: 'OPTION_RANGE' });
  });
});

describe('options that do not exist', () => {
  it('are refused by fit and createTrainer', async () => {
    const trainer = await pointTrainer();
    const misspelt = { epochs: 1, batchsize: 4 } as { readonly epochs: number };
    expect(await rejected(trainer.fit(examples, misspelt))).toMatchObject({
      name: 'AttributeError',
      code: 'OPTION_UNKNOWN',
      message: expect.stringMatching(
        /^fit of "points": there is no such option, got "batchsize"\..* Fix: did you mean "batchSize"\?$/s,
      ),
    });
    const callbacks = { epochs: 1, callbacks: [] } as { readonly epochs: number };
    expect((await rejected(trainer.fit(examples, callbacks))).message).not.toContain(
      'did you mean',
    );
    const options = { backend: countingBackend(), optimiser: sgd({ learningRate: 1 }) };
    expect(await rejected(createTrainer(pointModel(), options as never))).toMatchObject({
      code: 'OPTION_UNKNOWN',
      message: expect.stringContaining('did you mean "optimizer"?'),
    });
  });
});

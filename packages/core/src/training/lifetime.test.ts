import { describe, expect, it } from 'vitest';
import { countingBackend } from '../../test/support/counting-backend.ts';
import { datasetOf, streamOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { points, pointTrainer, variableBits } from '../../test/support/trainers.ts';

const data = points(37);
const examples = datasetOf(data);
const fit = { epochs: 2, batchSize: 8 };

// Parameters of two dense layers and one state variable; two slots for each parameter.
const stateTensors = 4 + 1 + 2 * 4;

describe('a trainer on its backend', () => {
  it('holds the state and nothing else, and gives it back when it is disposed', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    expect(backend.live.size).toBe(0);
    await trainer.fit(examples, { ...fit, stepsPerCall: 2, validation: examples });
    expect(backend.live.size).toBe(stateTensors);
    await trainer.evaluate(examples, { batchSize: 8 });
    await trainer.predict(examples, { batchSize: 8 });
    await trainer.predict({ x: data.x });
    await trainer.synchronize();
    expect(backend.live.size).toBe(stateTensors);
    const bytes = await trainer.checkpoint();
    expect(backend.live.size).toBe(0);
    await trainer.fit(examples, fit);
    await trainer.restore(bytes);
    expect(backend.live.size).toBe(0);
    await trainer.fit(examples, fit);
    expect(backend.live.size).toBe(stateTensors);
    expect([...backend.programs].sort()).toEqual([
      'points',
      'points evaluation',
      'points training step',
      'points training steps',
    ]);
    trainer.dispose();
    expect(backend.live.size).toBe(0);
    expect(backend.programs).toEqual([]);
    trainer.dispose();
  });

  it('leaves the backend to others', async () => {
    const backend = countingBackend();
    const first = await pointTrainer({ backend });
    const second = await pointTrainer({ backend });
    await first.fit(examples, fit);
    first.dispose();
    await second.fit(examples, fit);
    expect(backend.live.size).toBe(stateTensors);
  });

  it.each([
    [
      'an abort',
      (signal: { aborted: boolean }) => () => {
        signal.aborted = true;
      },
    ],
    [
      'a callback that throws',
      () => () => {
        throw new Error('callback');
      },
    ],
  ])('holds the state and nothing else after %s', async (_, callback) => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    const signal = { aborted: false, reason: undefined };
    await expect(
      trainer.fit(examples, { ...fit, signal, onProgress: callback(signal) }),
    ).rejects.toThrow();
    expect(backend.live.size).toBe(stateTensors);
    trainer.dispose();
    expect(backend.live.size).toBe(0);
  });

  it('holds nothing after a loss that is no number', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    const x = {
      ...data.x,
      data: data.x.data.map((value, index) => (index === 77 ? Number.NaN : value)),
    };
    const error = await rejected(trainer.fit(datasetOf({ ...data, x: x as never }), fit));
    expect(error.code).toBe('TRAINING_NOT_FINITE');
    expect(backend.live.size).toBe(0);
  });

  it('refuses every call after it was disposed', async () => {
    const trainer = await pointTrainer();
    await trainer.fit(examples, fit);
    const bytes = await trainer.checkpoint();
    trainer.dispose();
    const calls = {
      fit: () => trainer.fit(examples, fit),
      evaluate: () => trainer.evaluate(examples),
      predict: () => trainer.predict({ x: data.x }),
      synchronize: () => trainer.synchronize(),
      checkpoint: () => trainer.checkpoint(),
      restore: () => trainer.restore(bytes),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect(await rejected(call())).toMatchObject({
        name: 'DisposedError',
        code: 'TRAINER_DISPOSED',
        message: `trainer of "points": ${name}() was called, or still ran, after dispose().`,
      });
    }
    expect(Object.keys(trainer.variables.parameters)).toHaveLength(4);
  });

  it('can be disposed while it trains: what runs ends first', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    backend.beforeRun = async (_, run) => {
      if (run !== 3) return;
      trainer.dispose();
      expect(backend.live.size).toBe(stateTensors);
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    expect(await rejected(trainer.fit(examples, fit))).toMatchObject({ code: 'TRAINER_DISPOSED' });
    expect(backend.numRuns).toBe(4);
    expect(backend.live.size).toBe(0);
    expect(backend.programs).toEqual([]);
  });

  it('can be disposed in a callback, and while it makes a program', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    const onProgress = (): void => trainer.dispose();
    expect(await rejected(trainer.fit(examples, { ...fit, onProgress }))).toMatchObject({
      code: 'TRAINER_DISPOSED',
    });
    expect(backend.live.size).toBe(0);
    const other = await pointTrainer({ backend });
    const { compile } = backend;
    backend.compile = (program, choices) => {
      other.dispose();
      return compile(program, choices);
    };
    const fitting = other.fit(examples, { ...fit, stepsPerCall: 2 });
    expect(await rejected(fitting)).toMatchObject({ code: 'TRAINER_DISPOSED' });
    expect(backend.programs).toEqual([]);
    expect(backend.live.size).toBe(0);
  });

  it('ends an evaluation before it is disposed', async () => {
    const backend = countingBackend();
    const trainer = await pointTrainer({ backend });
    await trainer.fit(examples, fit);
    const expected = await trainer.evaluate(examples);
    const evaluating = trainer.evaluate(examples);
    await Promise.resolve();
    trainer.dispose();
    expect(await evaluating).toEqual(expected);
    // it is freed by whoever comes after the evaluation
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(backend.live.size).toBe(0);
    expect(backend.programs).toEqual([]);
  });
});

describe('calls beside a running fit', () => {
  it('are refused where they would change the state', async () => {
    const trainer = await pointTrainer();
    const bytes = await trainer.checkpoint();
    const running = trainer.fit(examples, fit);
    expect(await rejected(trainer.fit(examples, fit))).toMatchObject({
      name: 'TrainingError',
      code: 'TRAINING_BUSY',
      message:
        'trainer of "points": fit() was called while fit() runs.\nFix: await the running fit() first.',
    });
    expect(await rejected(trainer.restore(bytes))).toMatchObject({
      code: 'TRAINING_BUSY',
      message:
        'trainer of "points": restore() was called while fit() runs.\nFix: await the running fit() first.',
    });
    await running;
    await trainer.restore(bytes);
  });

  it('read it between steps, and let it go on undisturbed', async () => {
    const backend = countingBackend();
    let isRunning = false;
    backend.beforeRun = async (program) => {
      // a step that is on its way owns the state
      expect(isRunning && program === 'points training step').toBe(false);
      isRunning = true;
      await new Promise((resolve) => setTimeout(resolve, 1));
      isRunning = false;
    };
    const trainer = await pointTrainer({ backend });
    const alone = await pointTrainer();
    const running = trainer.fit(examples, fit);
    const [logs, outputs] = await Promise.all([
      trainer.evaluate(examples, { batchSize: 37 }),
      trainer.predict({ x: data.x }),
      trainer.synchronize(),
      trainer.checkpoint(),
    ]);
    expect(logs.loss).toBeGreaterThan(0);
    expect(outputs.logits.shape).toEqual([37, 3]);
    await running;
    await alone.fit(examples, fit);
    for (const [path, { data: values }] of Object.entries(alone.variables.parameters)) {
      values.forEach((expected, index) => {
        // the checkpoint rounded the state to float32
        expect(trainer.variables.parameters[path]?.data[index]).toBeCloseTo(expected, 5);
      });
    }
    expect(backend.live.size).toBe(stateTensors);
  });

  it('are free to come from callbacks and from data sets', async () => {
    const trainer = await pointTrainer();
    const alone = await pointTrainer();
    const losses: number[] = [];
    const playing = {
      ...streamOf(data, [20, 17]),
      async *batches() {
        for await (const batch of streamOf(data, [20, 17]).batches()) {
          await trainer.predict(batch);
          yield batch;
        }
      },
    };
    await trainer.fit(playing, {
      epochs: 2,
      onProgress: async () => {
        losses.push((await trainer.evaluate(playing)).loss);
      },
      onEpochEnd: async () => {
        await trainer.synchronize();
      },
    });
    await alone.fit(streamOf(data, [20, 17]), { epochs: 2 });
    expect(losses).toHaveLength(4);
    expect(variableBits(trainer)).toEqual(variableBits(alone));
  });
});

describe('variables', () => {
  it('are those from before while fit runs, until they are synchronized', async () => {
    const trainer = await pointTrainer();
    const first = variableBits(trainer);
    const seen: unknown[] = [];
    await trainer.fit(examples, {
      epochs: 1,
      batchSize: 20,
      onProgress: async ({ step }) => {
        seen.push(variableBits(trainer));
        if (step === 1) await trainer.synchronize();
      },
    });
    expect(seen[0]).toEqual(first);
    expect(seen[1]).not.toEqual(first);
    expect(variableBits(trainer)).not.toEqual(seen[1]);
  });

  it('that were given are where training begins', async () => {
    const trained = await pointTrainer();
    await trained.fit(examples, fit);
    const { model, variables } = trained;
    const begun = await pointTrainer({ model, variables });
    expect(variableBits(begun)).toEqual(variableBits(trained));
    const loss = async (trainer: typeof trained) => (await trainer.evaluate(examples)).loss;
    expect(await loss(begun)).toBeCloseTo(await loss(trained), 6);
  });
});

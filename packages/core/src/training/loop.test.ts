import { describe, expect, it } from 'vitest';
import type { CountingBackend } from '../../test/support/counting-backend.ts';
import { countingBackend } from '../../test/support/counting-backend.ts';
import { datasetOf, streamOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { floats, integers } from '../../test/support/tensors.ts';
import { pointModel, points, pointTrainer, variableBits } from '../../test/support/trainers.ts';
import {
  adam,
  createTrainer,
  defineModel,
  dense,
  reduceMean,
  square,
  sub,
  tensor,
} from '../index.ts';
import type { Examples, IndexedExamples } from './dataset.ts';

const data = points(37);
const drawn = datasetOf(data);

/** The same examples, which may be kept on the device, and the batches that were asked for. */
function watched(): { readonly examples: IndexedExamples; readonly gathered: number[] } {
  const gathered: number[] = [];
  const gather = (indices: Uint32Array) => {
    gathered.push(indices.length);
    return drawn.gather(indices);
  };
  return { gathered, examples: { ...drawn, deterministic: true, gather } };
}

const inside = (deviceInputs: 'resident' | 'copied'): CountingBackend =>
  countingBackend({ loopPolicy: 'inside', deviceInputs });

// Parameters of two dense layers and one state variable; two slots for each parameter.
const stateTensors = 4 + 1 + 2 * 4;
const fit = { epochs: 3, batchSize: 4 };

async function trained(backend: CountingBackend, examples: Examples) {
  const trainer = await pointTrainer({ backend });
  const { epochs } = await trainer.fit(examples, fit);
  return { bits: variableBits(trainer), logs: epochs.map(({ logs }) => logs) };
}

describe('steps in a loop of the engine', () => {
  it('give the bits of single steps, dropout included, wherever the data lies', async () => {
    const single = await trained(countingBackend(), drawn);
    expect(await trained(inside('resident'), watched().examples)).toEqual(single);
    expect(await trained(inside('copied'), watched().examples)).toEqual(single);
    expect(await trained(inside('resident'), drawn)).toEqual(single);
  });

  it('give the bits of single steps on a stream', async () => {
    const stream = streamOf(data, [8, 8, 8, 8, 5]);
    const single = await trained(countingBackend(), stream);
    expect(await trained(inside('resident'), stream)).toEqual(single);
  });

  it('read a data set that may stay on the device once', async () => {
    const backend = inside('resident');
    const { examples, gathered } = watched();
    const trainer = await pointTrainer({ backend });
    let live = 0;
    await trainer.fit(examples, {
      ...fit,
      onProgress: () => {
        live = backend.live.size;
      },
    });
    expect(gathered).toEqual([37]);
    // two fields
    expect(live).toBe(stateTensors + 2);
    expect(backend.live.size).toBe(stateTensors);
    expect(backend.programs).toEqual(['points training steps']);
  });

  it('copy nothing of a data set that lies in memory whole', async () => {
    const { examples, gathered } = watched();
    const whole = { ...examples, whole: () => data };
    const single = await trained(countingBackend(), drawn);
    expect(await trained(inside('resident'), whole)).toEqual(single);
    expect(gathered).toEqual([]);
  });

  it('gather the batches of a call together where the data cannot stay', async () => {
    const { examples, gathered } = watched();
    const trainer = await pointTrainer({ backend: inside('copied') });
    await trainer.fit(examples, { ...fit, epochs: 1, stepsPerCall: 6 });
    // nine batches of 4 and one of 1
    expect(gathered).toEqual([24, 12, 1]);
  });

  it('give the data back after an abort and after an error', async () => {
    const backend = inside('resident');
    const trainer = await pointTrainer({ backend });
    const signal = { aborted: false, reason: 'enough' };
    const options = {
      ...fit,
      signal,
      onProgress: () => {
        signal.aborted = true;
      },
    };
    await rejected(trainer.fit(watched().examples, options));
    expect(backend.live.size).toBe(stateTensors);
    const broken = await pointTrainer({ backend });
    backend.beforeRun = () => {
      throw new Error('the engine is gone');
    };
    await expect(broken.fit(watched().examples, fit)).rejects.toThrow('the engine is gone');
    expect(backend.live.size).toBe(stateTensors);
  });

  it('find a label out of range before the first step, by its example', async () => {
    const backend = inside('resident');
    const label = integers(...data.label.data.map((value, at) => (at === 20 ? 7 : value)));
    const examples = { ...datasetOf({ ...data, label }), deterministic: true };
    const trainer = await pointTrainer({ backend });
    const error = await rejected(trainer.fit(examples, fit));
    expect(error).toMatchObject({
      name: 'DataError',
      code: 'INDEX_OUT_OF_RANGE',
      details: { field: 'label', example: 20, index: 7, limit: 3 },
    });
    expect(error.message).toMatch(
      /^fit of "points" › field "label": .* got 7 at \[20\]\.\nExpected 0 … 2\.\nIt is example 20 of the data set\.$/,
    );
    expect(backend.live.size).toBe(0);
    expect(backend.numRuns).toBe(0);
  });

  it('name the batch of a stream that lacks a field', async () => {
    const stream = streamOf(data, [4, 4, 4]);
    const trainer = await pointTrainer({ backend: inside('copied') });
    const lacking: Examples = {
      fields: stream.fields,
      async *batches() {
        let index = 0;
        for await (const batch of stream.batches()) {
          yield index++ === 1 ? { x: batch.x ?? data.x } : batch;
        }
      },
    };
    expect(await rejected(trainer.fit(lacking, fit))).toMatchObject({
      code: 'FIELD_MISSING',
      message: expect.stringContaining('batch 1 has no field "label"'),
    });
  });

  it('leave sizes that a model names as it likes', async () => {
    const model = defineModel({
      name: 'named',
      inputs: { x: tensor('float32', ['rows', 'steps', 2]) },
      build: ({ x }) => ({ y: reduceMean(dense(1)(x), { axes: [1] }) }),
    });
    const backend = inside('resident');
    const examples = datasetOf({
      x: floats(new Float32Array(60).fill(0.5), [10, 3, 2]),
      target: floats(new Float32Array(10), [10, 1]),
    });
    const run = async (stepsPerCall: number): Promise<unknown> => {
      const trainer = await createTrainer(model, {
        backend,
        loss: ({ y }, { target }) => reduceMean(square(sub(y, target ?? y))),
        optimizer: adam({ learningRate: 2 ** -5 }),
      });
      await trainer.fit(
        { ...examples, deterministic: true },
        { epochs: 2, batchSize: 3, stepsPerCall },
      );
      return variableBits(trainer);
    };
    expect(await run(4)).toEqual(await run(1));
  });

  it('are refused where inputs and targets begin with different axes, and not chosen by themselves', async () => {
    const trainer = await createTrainer(pointModel(), {
      backend: inside('resident'),
      targets: { label: tensor('int32', [37]) },
      loss: ({ logits }) => reduceMean(square(logits)),
      optimizer: adam({ learningRate: 2 ** -5 }),
    });
    await trainer.fit(drawn, { epochs: 1, batchSize: 37 });
    expect(trainer.iteration).toBe(1);
    const error = await rejected(trainer.fit(drawn, { epochs: 1, batchSize: 37, stepsPerCall: 2 }));
    expect(error).toMatchObject({ name: 'AttributeError', code: 'OPTION_STEPS_PER_CALL' });
  });

  it('bound a call by what its data takes', async () => {
    // 4 MiB an example: 16 of them fill the 64 MiB that one call may have
    const wide = 1024 * 1024;
    const model = defineModel({
      name: 'wide',
      inputs: { x: tensor('float32', ['batch', wide]) },
      build: ({ x }) => ({ y: reduceMean(x, { axes: [1] }) }),
    });
    const trainer = await createTrainer(model, {
      backend: inside('copied'),
      loss: ({ y }) => reduceMean(y),
      optimizer: adam({ learningRate: 1 }),
    });
    const steps: number[] = [];
    const examples: IndexedExamples = {
      size: 20,
      fields: { x: { dtype: 'float32', shape: [wide] } },
      gather: (indices) => ({
        x: floats(new Float32Array(indices.length * wide), [indices.length, wide]),
      }),
    };
    await trainer.fit(examples, {
      epochs: 1,
      batchSize: 4,
      onProgress: ({ step }) => {
        steps.push(step);
      },
    });
    expect(steps).toEqual([4, 5]);
  });
});

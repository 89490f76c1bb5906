import { describe, expect, it } from 'vitest';
import { datasetOf } from '../../test/support/datasets.ts';
import { caught } from '../../test/support/errors.ts';
import { centering } from '../../test/support/models.ts';
import { pointModel, points, pointTrainer, variableBits } from '../../test/support/trainers.ts';
import { dense } from '../layers/dense.ts';
import { sequential } from '../layers/sequential.ts';
import { decodeSafetensors, encodeSafetensors } from '../serialization/safetensors.ts';
import { decodeCheckpointVariables } from '../training/checkpoint-variables.ts';
import { transferVariables } from './transfer-variables.ts';

const examples = datasetOf(points(37));
const isHead = (path: string): boolean => path.startsWith('dense_2/');
const pretrained = pointModel(sequential(dense(6, { activation: 'tanh' }), centering(), dense(5)));
const model = pointModel();

describe('transferVariables', () => {
  it('takes the body of another model, which fine-tuning then leaves as it is', async () => {
    const source = pretrained.initialize(7);
    const own = model.initialize(1);
    const variables = transferVariables(own, source, { only: (path) => !isHead(path) });
    expect(variables.parameters['dense_1/kernel']).toBe(source.parameters['dense_1/kernel']);
    expect(variables.parameters['dense_2/kernel']).toBe(own.parameters['dense_2/kernel']);
    expect(Object.keys(variables.parameters)).toEqual(Object.keys(own.parameters));
    expect(Object.values(variables.state)).toEqual(Object.values(source.state));
    const trainer = await pointTrainer({ model, variables, trainable: isHead });
    await trainer.fit(examples, { epochs: 2 });
    expect(trainer.variables.parameters['dense_1/kernel']?.data).toEqual(
      source.parameters['dense_1/kernel']?.data,
    );
  });

  it('takes them from a file, under other names', () => {
    const source = pretrained.initialize(7);
    const { tensors } = decodeSafetensors(
      encodeSafetensors(
        Object.fromEntries(
          Object.entries(source.parameters).map(([path, value]) => [`body/${path}`, value]),
        ),
        {},
      ),
    );
    const variables = transferVariables(
      model.initialize(1),
      { parameters: tensors },
      { only: (path) => path.startsWith('dense_1/'), sourcePath: (path) => `body/${path}` },
    );
    expect(variables.parameters['dense_1/kernel']?.data).toEqual(
      source.parameters['dense_1/kernel']?.data,
    );
  });

  it('takes them from a checkpoint', async () => {
    const trainer = await pointTrainer({ model });
    await trainer.fit(examples, { epochs: 1 });
    const saved = decodeCheckpointVariables(await trainer.checkpoint());
    const variables = transferVariables(model.initialize(2), saved);
    expect(variableBits({ variables })).toEqual(variableBits(trainer));
  });

  it('lists all that the source lacks or has with another shape', () => {
    const { parameters, state } = pretrained.initialize(7);
    const { 'dense_1/bias': _, ...rest } = parameters;
    const error = caught(() => transferVariables(model.initialize(1), { parameters: rest, state }));
    expect(error).toMatchObject({
      name: 'DataError',
      code: 'VARIABLE_TRANSFER',
      details: {
        missing: ['dense_1/bias'],
        different: [
          'dense_2/kernel: float32[6, 5] for float32[6, 3]',
          'dense_2/bias: float32[5] for float32[3]',
        ],
      },
    });
    expect(error.message).toContain(
      'transferVariables: the source must have a value for each variable that is taken, got none for ["dense_1/bias"], and another type for ["dense_2/kernel: ',
    );
    const renamed = caught(() =>
      transferVariables(
        model.initialize(1),
        {},
        { only: (path) => path === 'dense_1/bias', sourcePath: () => 'b' },
      ),
    );
    expect(renamed.message).toContain('got none for ["dense_1/bias (from b)"].\n');
  });

  it('must take something', () => {
    const source = model.initialize(7);
    const none = caught(() => transferVariables(source, source, { only: () => false }));
    expect(none).toMatchObject({
      code: 'VARIABLE_TRANSFER',
      message: expect.stringContaining(
        'some variable must be taken, got "only" that is true of none',
      ),
    });
  });
});

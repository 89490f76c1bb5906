import { drawBernoulli, foldIn, foldInString, randomKey, tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../../test/support/models.ts';
import { floats } from '../../test/support/tensors.ts';
import vectors from '../../test/vectors/models.json' with { type: 'json' };
import type { Mode } from '../model/build-context.ts';
import { defineModel } from '../model/define-model.ts';
import { defineProgram } from '../model/define-program.ts';
import { dropout } from './dropout.ts';
import type { Layer } from './layer.ts';
import { sequential } from './sequential.ts';

const { seed, dropout: golden } = vectors;
const x = floats(
  Array.from({ length: 24 }, (_, index) => index + 1),
  golden.shape,
);

async function drop(layer: Layer, mode: Mode): Promise<readonly number[]> {
  const model = defineModel({
    name: 'model',
    inputs: { x: tensor('float32', ['rows', 6]) },
    build: (inputs) => ({ y: layer(inputs.x) }),
  });
  const program = defineProgram(model.inputs, (inputs) => ({
    y: model.apply({ parameters: {}, state: {} }, inputs, { mode }).outputs.y,
  }));
  const runnable = await program.prepare(createReferenceBackend());
  const { y } = await runnable.run({ x }, { key: randomKey(seed), iteration: [golden.iteration] });
  return [...(await y.read()).data];
}

describe('dropout', () => {
  it('keeps in training what the stream of its name says, by JAX, and scales it', async () => {
    const expected = golden.mask.map((kept, index) =>
      kept === 1 ? Math.fround((index + 1) / golden.keep) : 0,
    );
    const found = await drop(dropout(1 - golden.keep), 'train');
    found.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 5);
    });
    expect(found.map(Boolean)).toEqual(golden.mask.map(Boolean));
  });

  it('draws each use from a stream of its own', async () => {
    const layer = dropout(0.5);
    const found = await drop(sequential(layer, layer), 'train');
    const key = (stream: string) => foldIn(foldInString(randomKey(seed), stream), golden.iteration);
    const first = drawBernoulli(key('dropout_1 › bernoulli'), 24, { probability: 0.5 });
    const second = drawBernoulli(key('dropout_1 › bernoulli 2'), 24, { probability: 0.5 });
    expect(found.map(Number)).toEqual(
      [...first].map((kept, index) => (kept === 1 && second[index] === 1 ? 4 * (index + 1) : 0)),
    );
  });

  it('returns its input in inference, and at rate 0', async () => {
    expect(await drop(dropout(0.5), 'infer')).toEqual([...x.data]);
    expect(await drop(dropout(0), 'train')).toEqual([...x.data]);
  });

  it('adds nothing to the inference program', () => {
    const model = modelOf(dropout(0.5));
    expect(model.program().nodes).toEqual([]);
    expect(model.variables).toEqual({ parameters: [], state: [] });
  });
});

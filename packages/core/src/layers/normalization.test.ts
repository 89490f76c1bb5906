import { tensor, traceProgram } from '@etalon/compiler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { modelOf } from '../../test/support/models.ts';
import { evaluate, floats } from '../../test/support/tensors.ts';
import { constantValue } from '../initializers/initializers.ts';
import { defineModel, stateOf } from '../model/define-model.ts';
import { batchNormalization } from './batch-normalization.ts';
import type { Layer } from './layer.ts';
import { layerNormalization } from './layer-normalization.ts';

function normalize(layer: Layer, rows: readonly (readonly number[])[]): readonly number[] {
  const model = defineModel({
    name: 'model',
    inputs: { x: tensor('float32', ['rows', rows[0]?.length ?? 0]) },
    build: ({ x }) => ({ y: layer(x) }),
  });
  const program = traceProgram('run', { ...model.inputs, v: stateOf(model) }, ({ x, v }) => ({
    y: model.apply(v, { x }, { mode: 'train' }).outputs.y,
  }));
  const { parameters, state } = model.initialize(0);
  const feeds = Object.entries({ parameters, state }).flatMap(([role, values]) =>
    Object.entries(values).map(([path, value]) => [`v/${role}/${path}`, value] as const),
  );
  const x = floats(rows.flat(), [rows.length, rows[0]?.length ?? 0]);
  return evaluate(program, { ...Object.fromEntries(feeds), x }).y ?? [];
}

const plain = { scale: false, center: false } as const;
const matrix = (columns: number) =>
  fc.array(
    fc.array(fc.integer({ min: -64, max: 64 }), { minLength: columns, maxLength: columns }),
    {
      minLength: 2,
      maxLength: 6,
    },
  );

describe('layerNormalization', () => {
  it('gives rows mean 0 and variance v / (v + epsilon), wherever they lie', () => {
    fc.assert(
      fc.property(matrix(5), fc.constantFrom(0, 2 ** 10, -(2 ** 16)), (rows, offset) => {
        const moved = rows.map((row) => row.map((value) => value + offset));
        const found = normalize(layerNormalization({ epsilon: 0.5, ...plain }), moved);
        rows.forEach((row, index) => {
          const mean = row.reduce((sum, value) => sum + value) / 5;
          const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5;
          const own = found.slice(5 * index, 5 * index + 5);
          expect(own.reduce((sum, value) => sum + value)).toBeCloseTo(0, 9);
          const spread = own.reduce((sum, value) => sum + value ** 2, 0) / 5;
          expect(spread).toBeCloseTo(variance / (variance + 0.5), 9);
        });
      }),
    );
  });

  it('has gamma and beta of the axes that it normalizes', () => {
    const shapes = (axis: number | readonly number[]) =>
      defineModel({
        name: 'model',
        inputs: { x: tensor('float32', ['batch', 'time', 3, 4]) },
        build: ({ x }) => ({ y: layerNormalization({ axis })(x) }),
      }).variables.parameters.map(({ path, shape }) => [path, shape]);
    expect(shapes(-1)).toEqual([
      ['layerNormalization_1/gamma', [4]],
      ['layerNormalization_1/beta', [4]],
    ]);
    expect(shapes([3, -2])).toEqual([
      ['layerNormalization_1/gamma', [3, 4]],
      ['layerNormalization_1/beta', [3, 4]],
    ]);
  });
});

describe('batchNormalization', () => {
  it('gives features mean 0 and variance v / (v + epsilon) in training', () => {
    fc.assert(
      fc.property(matrix(2), (rows) => {
        const found = normalize(batchNormalization({ epsilon: 0.5, ...plain }), rows);
        for (const feature of [0, 1]) {
          const column = rows.map((row) => row[feature] ?? 0);
          const mean = column.reduce((sum, value) => sum + value) / column.length;
          const variance =
            column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
          const own = found.filter((_, at) => at % 2 === feature);
          expect(own.reduce((sum, value) => sum + value)).toBeCloseTo(0, 9);
          const spread = own.reduce((sum, value) => sum + value ** 2, 0) / own.length;
          expect(spread).toBeCloseTo(variance / (variance + 0.5), 9);
        }
      }),
    );
  });

  it('keeps its state in inference, and starts it as it is told', () => {
    const layer = batchNormalization({
      ...plain,
      movingMeanInitializer: constantValue(2),
      movingVarianceInitializer: constantValue(4),
    });
    const model = modelOf(layer);
    expect(model.initialize(0).state).toMatchObject({
      'batchNormalization_1/movingMean': { data: Float32Array.of(2, 2, 2, 2) },
      'batchNormalization_1/movingVariance': { data: Float32Array.of(4, 4, 4, 4) },
    });
    const program = traceProgram('run', { ...model.inputs, v: stateOf(model) }, ({ x, v }) => ({
      ...model.apply(v, { x }, { mode: 'infer' }).state,
    }));
    expect(
      evaluate(program, {
        x: floats([1, 2, 3, 4], [1, 4]),
        'v/state/batchNormalization_1/movingMean': floats([1, 2, 3, 4]),
        'v/state/batchNormalization_1/movingVariance': floats([5, 6, 7, 8]),
      }),
    ).toEqual({
      'batchNormalization_1/movingMean': [1, 2, 3, 4],
      'batchNormalization_1/movingVariance': [5, 6, 7, 8],
    });
  });
});

describe('normalizing layers', () => {
  it.each<[string, () => unknown, string, string]>([
    [
      'a negative epsilon',
      () => layerNormalization({ epsilon: -1e-3 }),
      'OPTION_RANGE',
      'layerNormalization: epsilon is out of range, got -0.001.',
    ],
    [
      'an epsilon that is no number',
      () => batchNormalization({ name: 'norm', epsilon: Number.NaN }),
      'OPTION_RANGE',
      'norm: epsilon is out of range, got NaN.',
    ],
    [
      'a momentum above 1',
      () => batchNormalization({ momentum: 1.5 }),
      'OPTION_RANGE',
      'batchNormalization: momentum is out of range, got 1.5.\nExpected a number in [0, 1].',
    ],
    [
      'an axis that there is not',
      () => modelOf(batchNormalization({ axis: 2 })),
      'OPTION_AXIS',
      'batchNormalization_1: axis must name axes of the input, each once, got [2] for float32[batch, 4] (rank 2).',
    ],
    [
      'an axis twice',
      () => modelOf(layerNormalization({ axis: [1, -1] })),
      'OPTION_AXIS',
      'layerNormalization_1: axis must name axes of the input, each once, got [1,-1]',
    ],
    ['no axis', () => modelOf(layerNormalization({ axis: [] })), 'OPTION_AXIS', 'got []'],
    [
      'an axis of any size',
      () => modelOf(layerNormalization({ axis: 0 })),
      'SHAPE_LAYER_INPUT',
      'layerNormalization_1: the size of axis 0 must be fixed when the model is built',
    ],
  ])('refuse %s', (_, call, code, message) => {
    const error = caught(call);
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  });
});

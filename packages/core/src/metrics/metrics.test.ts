import type { TensorType } from '@etalon/compiler';
import { prepare, tensor, traceProgram } from '@etalon/compiler';
import { createReferenceBackend, evaluateProgram } from '@etalon/reference';
import type { HostTensor } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from './accuracy.ts';
import type { Metric } from './metric.ts';
import { perplexity } from './perplexity.ts';
import { meanAbsoluteErrorMetric, meanSquaredErrorMetric } from './regression.ts';

const float32 = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

const int32 = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(data),
});

function metricProgram(metric: Metric, output: TensorType, target: TensorType) {
  return traceProgram('metric', { logits: output, label: target }, ({ logits, label }) => ({
    ...metric.compute({ logits, other: logits }, { label, weight: label }),
  }));
}

/** Total and count with fixed shapes, and again with the first size left open. */
function measure(metric: Metric, logits: HostTensor, label: HostTensor): readonly number[][] {
  return [false, true].map((open) => {
    const typeOf = ({ dtype, shape: [first, ...rest] }: HostTensor) =>
      tensor(dtype, first === undefined ? [] : [open ? 'batch' : first, ...rest]);
    const program = metricProgram(metric, typeOf(logits), typeOf(label));
    for (const { value } of program.outputs) {
      expect(program.values[value]).toEqual({ dtype: 'float32', shape: [] });
    }
    const { total, count } = evaluateProgram(program, { logits, label });
    return [total?.data[0] ?? Number.NaN, count?.data[0] ?? Number.NaN];
  });
}

function expectSums(
  metric: Metric,
  logits: HostTensor,
  label: HostTensor,
  total: number,
  count: number,
): void {
  expect(measure(metric, logits, label)).toEqual([
    [total, count],
    [total, count],
  ]);
}

describe('sparseCategoricalAccuracy', () => {
  const metric = sparseCategoricalAccuracy('logits', 'label');

  it('counts the examples whose largest logit is the label', () => {
    const logits = float32([4, 3], [1, 2, 3, 3, 2, 1, -5, -1, -2, 0, 9, 0]);
    expectSums(metric, logits, int32([4], [2, 1, 1, 1]), 3, 4);
  });

  it('takes the first of equal logits', () => {
    expectSums(metric, float32([2, 2], [7, 7, 7, 7]), int32([2], [0, 1]), 1, 2);
  });

  it('counts all positions of a sequence', () => {
    const logits = float32([2, 2, 2], [1, 0, 0, 1, 1, 0, 0, 1]);
    expectSums(metric, logits, int32([2, 2], [0, 1, 1, 1]), 3, 4);
  });

  it('sums nothing to 0 of 0 in an empty batch', async () => {
    const backend = createReferenceBackend();
    const program = metricProgram(
      metric,
      tensor('float32', ['batch', 3]),
      tensor('int32', ['batch']),
    );
    const prepared = await prepare(program, backend);
    const sums = await prepared.run({ logits: float32([0, 3], []), label: int32([0], []) });
    expect((await sums.total?.read())?.data).toEqual(Float32Array.of(0));
    expect((await sums.count?.read())?.data).toEqual(Float32Array.of(0));
    await backend.dispose();
  });
});

describe('categoricalAccuracy', () => {
  it('compares the places of the largest elements', () => {
    const logits = float32([3, 3], [1, 2, 3, 3, 2, 1, -5, -1, -2]);
    const targets = float32([3, 3], [0, 0, 1, 0, 1, 0, 0.2, 0.7, 0.1]);
    expectSums(categoricalAccuracy('logits', 'label'), logits, targets, 2, 3);
  });
});

describe('binaryAccuracy', () => {
  const logits = float32([2, 3], [-1, 0, 0.5, 3, -4, 2]);
  const targets = float32([2, 3], [0, 0, 1, 0, 1, 1]);

  it('counts elements on the right side of the threshold, which is itself no', () => {
    expectSums(binaryAccuracy('logits', 'label'), logits, targets, 4, 6);
    expectSums(binaryAccuracy('logits', 'label', { threshold: 1 }), logits, targets, 3, 6);
  });

  it('refuses a threshold that is no number', () => {
    expect(() => binaryAccuracy('logits', 'label', { threshold: Number.NaN })).toThrow(
      expect.objectContaining({
        name: 'AttributeError',
        code: 'OPTION_RANGE',
        message:
          'metric "binaryAccuracy": threshold is out of range, got NaN.\nExpected a finite number.',
      }),
    );
  });
});

describe('regression metrics', () => {
  const outputs = float32([2, 2], [1, 2, 3, 4]);
  const targets = float32([2, 2], [1, 4, 0, 5]);

  it('sum squares and magnitudes of differences', () => {
    expectSums(meanSquaredErrorMetric('logits', 'label'), outputs, targets, 4 + 9 + 1, 4);
    expectSums(meanAbsoluteErrorMetric('logits', 'label'), outputs, targets, 2 + 3 + 1, 4);
  });
});

const factories = [
  sparseCategoricalAccuracy,
  categoricalAccuracy,
  binaryAccuracy,
  meanSquaredErrorMetric,
  meanAbsoluteErrorMetric,
  perplexity,
];
const isSparse = (name: string): boolean => name.startsWith('sparse') || name === 'perplexity';

describe.each(factories.map((factory) => [factory.name, factory] as const))(
  '%s',
  (name, factory) => {
    const target = tensor(isSparse(name) ? 'int32' : 'float32', ['batch']);
    const output = tensor('float32', isSparse(name) ? ['batch', 3] : ['batch']);

    it('is named after its function unless told otherwise', () => {
      expect(factory('logits', 'label').name).toBe(name.replace('Metric', ''));
      expect(factory('logits', 'label', { name: 'mine' }).name).toBe('mine');
    });

    it('puts its name on the path of its nodes', () => {
      const program = metricProgram(factory('logits', 'label', { name: 'mine' }), output, target);
      expect(program.nodes.length).toBeGreaterThan(0);
      expect(program.nodes.filter(({ path }) => !path.startsWith('mine › '))).toEqual([]);
    });

    it('proposes the output or target that was meant', () => {
      const refused = (metric: Metric, message: string) =>
        expect(() => metricProgram(metric, output, target)).toThrow(
          expect.objectContaining({ name: 'DataError', code: 'METRIC_NAME_UNKNOWN', message }),
        );
      refused(
        factory('logit', 'label', { name: 'mine' }),
        'metric "mine": there is no such output, got "logit".\nDid you mean "logits"? Expected one of ["logits","other"].',
      );
      refused(
        factory('logits', 'toString', { name: 'mine' }),
        'metric "mine": there is no such target, got "toString".\nExpected one of ["label","weight"].',
      );
    });

    it('refuses targets of another shape or dtype', () => {
      const metric = factory('logits', 'label', { name: 'mine' });
      const wrongDType = tensor('bool', target.shape);
      expect(() => metricProgram(metric, output, wrongDType)).toThrow(
        expect.objectContaining({
          code: 'DTYPE_METRIC',
          message: `metric "mine": target "label" must be ${target.dtype}, got bool[batch].`,
        }),
      );
      const wrongShape = tensor(target.dtype, ['batch', 1]);
      expect(() => metricProgram(metric, output, wrongShape)).toThrow(
        expect.objectContaining({
          code: 'SHAPE_METRIC',
          message: expect.stringMatching(
            /^metric "mine": target "label" must have shape \[batch\], got (int32|float32)\[batch, 1\] for output "logits" float32\[batch(, 3)?\]\.$/,
          ),
        }),
      );
      expect(() => metricProgram(metric, tensor('int32', output.shape), target)).toThrow(
        expect.objectContaining({
          code: 'DTYPE_METRIC',
          message: expect.stringContaining('output "logits" must be float32, got int32[batch'),
        }),
      );
    });
  },
);

describe('perplexity', () => {
  it('is the number of classes where all are equally likely, whatever the batches', () => {
    const metric = perplexity('logits', 'label');
    const [[total = 0, count = 0] = []] = measure(
      metric,
      float32([2, 2, 4], Array(16).fill(3)),
      int32([2, 2], [0, 1, 2, 3]),
    );
    expect(count).toBe(4);
    expect(metric.finish?.(total / count)).toBeCloseTo(4, 12);
    expect(metric.direction).toBe('min');
  });

  it('is the geometric mean of reciprocal probabilities', () => {
    const metric = perplexity('logits', 'label');
    const logits = float32([2, 2], [Math.log(3), 0, 0, 0]);
    const [[total = 0, count = 0] = []] = measure(metric, logits, int32([2], [0, 1]));
    // Probabilities 3/4 and 1/2.
    expect(metric.finish?.(total / count)).toBeCloseTo(Math.sqrt((4 / 3) * 2), 7);
  });
});

describe('a mask', () => {
  const types = {
    logits: tensor('float32', ['batch', 2, 2]),
    label: tensor('int32', ['batch', 2]),
    isWord: tensor('bool', ['batch', 2]),
  };
  const masked = (metric: Metric, mask: TensorType = types.isWord) =>
    traceProgram('metric', { ...types, isWord: mask }, ({ logits, label, isWord }) => ({
      ...metric.compute({ logits }, { label, isWord }),
    }));

  it.each([
    [sparseCategoricalAccuracy, 1],
    [perplexity, 2 * Math.log1p(Math.exp(-1)) + 1],
  ])('leaves out values, of which one is no number (case %#)', (factory, total) => {
    const sums = evaluateProgram(masked(factory('logits', 'label', { mask: 'isWord' })), {
      logits: float32([2, 2, 2], [1, 0, 1, 0, Number.NaN, 0, 0, 1]),
      label: int32([2, 2], [0, 1, 0, 0]),
      isWord: { dtype: 'bool', shape: [2, 2], data: Uint8Array.of(1, 1, 0, 0) },
    });
    expect(sums.total?.data[0]).toBeCloseTo(total, 12);
    expect(sums.count?.data[0]).toBe(2);
  });

  it('must be a bool for each value, and a target', () => {
    const metric = sparseCategoricalAccuracy('logits', 'label', { mask: 'isWord' });
    expect(() => masked(metric, tensor('float32', ['batch', 2]))).toThrow(
      expect.objectContaining({
        code: 'DTYPE_METRIC',
        message:
          'metric "sparseCategoricalAccuracy": target "isWord" must be bool, got float32[batch, 2].',
      }),
    );
    expect(() => masked(metric, tensor('bool', ['batch']))).toThrow(
      expect.objectContaining({ code: 'SHAPE_METRIC' }),
    );
    expect(() => masked(sparseCategoricalAccuracy('logits', 'label', { mask: 'isword' }))).toThrow(
      expect.objectContaining({
        code: 'METRIC_NAME_UNKNOWN',
        message: expect.stringContaining('Did you mean "isWord"?'),
      }),
    );
  });
});

describe('accuracies over classes', () => {
  it.each([
    [sparseCategoricalAccuracy, 'int32'],
    [categoricalAccuracy, 'float32'],
  ] as const)('need an axis of classes', (factory, dtype) => {
    expect(() =>
      metricProgram(factory('logits', 'label'), tensor('float32', []), tensor(dtype, [])),
    ).toThrow(
      expect.objectContaining({
        code: 'SHAPE_METRIC',
        message: expect.stringContaining('the last axis of output "logits" counts classes'),
      }),
    );
  });
});

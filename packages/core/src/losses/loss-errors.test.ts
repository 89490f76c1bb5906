import type { Tensor } from '@etalon/compiler';
import { tensor, traceProgram } from '@etalon/compiler';
import type { DType, Shape } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { categoricalCrossEntropy, sparseCategoricalCrossEntropy } from './cross-entropy.ts';
import { huber, meanAbsoluteError, meanSquaredError } from './regression.ts';

type Loss = (x: Tensor, y: Tensor, options?: never) => Tensor;
type Type = readonly [DType, Shape];

function attempt(loss: Loss, x: Type, y: Type, options?: object): () => unknown {
  return () =>
    traceProgram('loss', { x: tensor(...x), y: tensor(...y) }, (inputs) => ({
      value: loss(inputs.x, inputs.y, options as never),
    }));
}

function expectError(call: () => unknown, name: string, code: string, message: string): void {
  expect(call).toThrow(
    expect.objectContaining({ name, code, message: expect.stringContaining(message) }),
  );
}

const logits: Type = ['float32', ['batch', 10]];

describe('sparseCategoricalCrossEntropy', () => {
  it.each<[string, Type, Type, string, string, string]>([
    [
      'labels with an axis too many',
      logits,
      ['int32', ['batch', 1]],
      'ShapeError',
      'SHAPE_LOSS_LABELS',
      'sparseCategoricalCrossEntropy: labels must have the shape of logits without the class axis, got int32[batch, 1] for float32[batch, 10].\nExpected int32[batch].\nFix: reshape(labels, [batch]).',
    ],
    [
      'labels of another size, with nothing to reshape',
      ['float32', [4, 10]],
      ['int32', [5]],
      'ShapeError',
      'SHAPE_LOSS_LABELS',
      'got int32[5] for float32[4, 10].\nExpected int32[4].',
    ],
    [
      'float labels',
      logits,
      ['float32', ['batch', 10]],
      'DTypeError',
      'DTYPE_LOSS',
      "labels must be int32 class indices, got float32[batch, 10].\nFix: cast(labels, 'int32'), or categoricalCrossEntropy() for one-hot rows.",
    ],
    [
      'integer logits',
      ['int32', ['batch', 10]],
      ['int32', ['batch']],
      'DTypeError',
      'DTYPE_LOSS',
      "logits must be float32, got int32[batch, 10].\nFix: cast(logits, 'float32').",
    ],
    [
      'an unknown number of classes',
      ['float32', ['batch', 'classes']],
      ['int32', ['batch']],
      'ShapeError',
      'SHAPE_LOSS_CLASSES',
      'must have a fixed size, got float32[batch, classes].',
    ],
    [
      'scalar logits',
      ['float32', []],
      ['int32', []],
      'ShapeError',
      'SHAPE_LOSS_CLASSES',
      'got float32[].',
    ],
  ])('refuses %s', (_, x, y, name, code, message) => {
    expectError(attempt(sparseCategoricalCrossEntropy, x, y), name, code, message);
  });
});

describe('categoricalCrossEntropy', () => {
  it('points class indices to the sparse loss', () => {
    expectError(
      attempt(categoricalCrossEntropy, logits, ['int32', ['batch']]),
      'DTypeError',
      'DTYPE_LOSS',
      'categoricalCrossEntropy: targets must be float32, got int32[batch].\nFix: sparseCategoricalCrossEntropy() for class indices.',
    );
  });

  it('refuses targets for another number of classes', () => {
    expectError(
      attempt(categoricalCrossEntropy, logits, ['float32', ['batch', 9]]),
      'ShapeError',
      'SHAPE_LOSS',
      'logits and targets must have one shape, got float32[batch, 10] and float32[batch, 9].',
    );
  });
});

describe.each<[string, Loss, string]>([
  ['binaryCrossEntropy', binaryCrossEntropy, 'logits'],
  ['meanSquaredError', meanSquaredError, 'predictions'],
  ['meanAbsoluteError', meanAbsoluteError, 'predictions'],
  ['huber', huber, 'predictions'],
])('%s', (name, loss, operand) => {
  it('refuses to broadcast a column against a vector', () => {
    expectError(
      attempt(loss, ['float32', ['batch', 1]], ['float32', ['batch']]),
      'ShapeError',
      'SHAPE_LOSS',
      `${name}: ${operand} and targets must have one shape, got float32[batch, 1] and float32[batch].\nFix: reshape(targets, [batch, 1]).`,
    );
  });

  it('refuses integers on either side', () => {
    const floats: Type = ['float32', [3]];
    const integers: Type = ['int32', [3]];
    expectError(
      attempt(loss, floats, integers),
      'DTypeError',
      'DTYPE_LOSS',
      `${name}: targets must be float32, got int32[3].\nFix: cast(targets, 'float32').`,
    );
    expectError(
      attempt(loss, integers, floats),
      'DTypeError',
      'DTYPE_LOSS',
      `${name}: ${operand} must be float32, got int32[3].`,
    );
  });

  it('tells a misspelt target', () => {
    expectError(
      () =>
        traceProgram('loss', { x: tensor('float32', [3]) }, ({ x }) => ({
          value: loss(x, undefined as never),
        })),
      'DataError',
      'LOSS_OPERAND',
      `${name}: targets must be a tensor, got undefined.\nFix: check the name`,
    );
  });
});

describe('options', () => {
  const one: Type = ['float32', [3]];

  it('refuses an unknown reduction', () => {
    expectError(
      attempt(meanSquaredError, one, one, { reduction: 'average' }),
      'AttributeError',
      'OPTION_REDUCTION',
      'meanSquaredError: there is no reduction "average".\nExpected one of ["mean","sum","none"].',
    );
  });

  it.each<[string, Type, string, string, string]>([
    [
      'sampleWeight',
      ['int32', [3]],
      'DTypeError',
      'DTYPE_LOSS',
      "meanSquaredError: sampleWeight must be float32, got int32[3].\nFix: cast(sampleWeight, 'float32').",
    ],
    [
      'mask',
      ['float32', [3]],
      'DTypeError',
      'DTYPE_LOSS',
      "meanSquaredError: mask must be bool, got float32[3].\nFix: cast(mask, 'bool').",
    ],
    [
      'mask',
      ['bool', [1]],
      'ShapeError',
      'SHAPE_LOSS',
      'meanSquaredError: mask must have one element for each value of the loss, got bool[1] for float32[3].',
    ],
  ])('refuses a %s of %j', (option, type, name, code, message) => {
    const call = () =>
      traceProgram(
        'loss',
        { x: tensor(...one), y: tensor(...one), part: tensor(...type) },
        ({ x, y, part }) => ({ value: meanSquaredError(x, y, { [option]: part }) }),
      );
    expectError(call, name, code, message);
  });

  it.each([[-0.1], [1.5], [Number.NaN]])('refuses label smoothing of %d', (labelSmoothing) => {
    expectError(
      attempt(categoricalCrossEntropy, logits, logits, { labelSmoothing }),
      'AttributeError',
      'OPTION_RANGE',
      `categoricalCrossEntropy: labelSmoothing is out of range, got ${labelSmoothing}.\nExpected a number in [0, 1].`,
    );
  });

  it.each([[0], [-1], [Infinity]])('refuses a delta of %d', (delta) => {
    expectError(
      attempt(huber, one, one, { delta }),
      'AttributeError',
      'OPTION_RANGE',
      `huber: delta is out of range, got ${delta}.\nExpected a number above 0.`,
    );
  });
});

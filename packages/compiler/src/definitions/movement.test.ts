import type { MovementOperatorsV1, ValueType } from '@etalon/spec';
import { bool, byte, describeTypeRules, float, int } from '../../test/type-cases.ts';
import { addDimensions, floorDivideDimension, multiplyDimensions } from '../dimension/index.ts';

const perAxis = (takes: readonly ValueType[], given: object, name: string, got: string) =>
  ({
    takes,
    with: given,
    error: 'AttributeError',
    code: 'ATTRIBUTE_PER_AXIS',
    message: `${name} must have one entry per axis, got ${got}.`,
  }) as const;

const negative = (takes: readonly ValueType[], given: object, name: string, got: number) =>
  ({
    takes,
    with: given,
    error: 'AttributeError',
    code: 'ATTRIBUTE_INTEGER',
    message: `${name} must be an integer of at least ${name === 'strides' ? 1 : 0}, got ${got}.`,
  }) as const;

const outside = (takes: readonly ValueType[], given: object, message: string) =>
  ({ takes, with: given, error: 'ShapeError', code: 'SHAPE_SLICE_RANGE', message }) as const;

const first = { starts: [0], sizes: [2], strides: [1] };
const border = { before: [1], after: [2], value: 0 };
const half = floorDivideDimension(addDimensions('n', 1), 2);

describeTypeRules<keyof MovementOperatorsV1>({
  identity: {
    accepts: [
      { takes: [byte('n')], gives: 'uint8[n]' },
      { takes: [bool()], gives: 'bool[]' },
    ],
    refuses: [],
  },
  reshape: {
    accepts: [
      { takes: [byte(2, 3)], with: { shape: [6] }, gives: 'uint8[6]' },
      {
        takes: [float('batch', 7, 7, 4)],
        with: { shape: ['batch', 196] },
        gives: 'float32[batch, 196]',
      },
      {
        takes: [float('batch', 'time', 3)],
        with: { shape: [multiplyDimensions('time', 'batch'), 3] },
        gives: 'float32[batch·time, 3]',
      },
      { takes: [int()], with: { shape: [1, 1] }, gives: 'int32[1, 1]' },
      { takes: [float(0, 3)], with: { shape: [5, 0] }, gives: 'float32[5, 0]' },
    ],
    refuses: [
      {
        takes: [float(2, 3)],
        with: { shape: [4, 2] },
        error: 'ShapeError',
        code: 'SHAPE_RESHAPE_COUNT',
        message:
          'cannot turn float32[2, 3] into [4, 2]: the numbers of elements differ or cannot be shown equal.',
      },
      {
        takes: [float('batch', 2)],
        with: { shape: ['time', 2] },
        error: 'ShapeError',
        code: 'SHAPE_RESHAPE_COUNT',
        message:
          'cannot turn float32[batch, 2] into [time, 2]: the numbers of elements differ or cannot be shown equal.',
      },
      negative([float(4)], { shape: [-2, -2] }, 'shape', -2),
    ],
  },
  transpose: {
    accepts: [
      { takes: [byte('n', 2, 3)], with: { permutation: [2, 0, 1] }, gives: 'uint8[3, n, 2]' },
      { takes: [float()], with: { permutation: [] }, gives: 'float32[]' },
    ],
    refuses: [
      perAxis([float(2, 3)], { permutation: [0] }, 'permutation', '1 for float32[2, 3]'),
      {
        takes: [float(2, 3)],
        with: { permutation: [1, 1] },
        error: 'AttributeError',
        code: 'ATTRIBUTE_PERMUTATION',
        message: 'permutation must name each axis once, got [1, 1].',
      },
      {
        takes: [float(2, 3)],
        with: { permutation: [0, 2] },
        error: 'AttributeError',
        code: 'ATTRIBUTE_AXIS',
        message: 'permutation axis 2 is out of range for float32[2, 3] (rank 2).\nExpected -2 … 1.',
      },
    ],
  },
  expand: {
    accepts: [
      { takes: [float(3, 1)], with: { shape: ['n', 3, 4] }, gives: 'float32[n, 3, 4]' },
      { takes: [bool()], with: { shape: [0] }, gives: 'bool[0]' },
      { takes: [int('n')], with: { shape: ['n'] }, gives: 'int32[n]' },
    ],
    refuses: [
      {
        takes: [float(3)],
        with: { shape: [2] },
        error: 'ShapeError',
        code: 'SHAPE_EXPAND',
        message:
          'cannot broadcast float32[3] to [2].\nExpected sizes that are equal or 1, aligned at the last axis.',
      },
      {
        takes: [float(2, 3)],
        with: { shape: [3] },
        error: 'ShapeError',
        code: 'SHAPE_EXPAND',
        message:
          'cannot broadcast float32[2, 3] to [3].\nExpected sizes that are equal or 1, aligned at the last axis.',
      },
      {
        takes: [float('n')],
        with: { shape: [1] },
        error: 'ShapeError',
        code: 'SHAPE_EXPAND',
        message:
          'cannot broadcast float32[n] to [1].\nExpected sizes that are equal or 1, aligned at the last axis.',
      },
      negative([float(1)], { shape: [-1] }, 'shape', -1),
    ],
  },
  concat: {
    accepts: [
      { takes: [float(2, 'n'), float(2, 3)], with: { axis: 1 }, gives: 'float32[2, n+3]' },
      { takes: [byte(1), byte(0), byte(2)], with: { axis: 0 }, gives: 'uint8[3]' },
      { takes: [float('n', 2), float('n', 2)], with: { axis: 0 }, gives: 'float32[2·n, 2]' },
      { takes: [int(2)], with: { axis: 0 }, gives: 'int32[2]' },
    ],
    refuses: [
      {
        takes: [float(2), int(2)],
        with: { axis: 0 },
        error: 'DTypeError',
        code: 'DTYPE_MISMATCH',
        message:
          'operands must have one dtype, got float32[2] and int32[2].\nFix: convert one of them with cast().',
      },
      {
        takes: [float(2, 3), float(2, 4)],
        with: { axis: 0 },
        error: 'ShapeError',
        code: 'SHAPE_CONCAT',
        message: 'operands must agree outside axis 0, got float32[2, 3], float32[2, 4].',
      },
      {
        takes: [float(2, 3), float(2)],
        with: { axis: 0 },
        error: 'ShapeError',
        code: 'SHAPE_CONCAT',
        message: 'operands must agree outside axis 0, got float32[2, 3], float32[2].',
      },
      {
        takes: [float(), float()],
        with: { axis: 0 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_AXIS',
        message:
          'axis 0 is out of range for float32[] (rank 0).\nExpected an operand of rank 1 or more.',
      },
    ],
  },
  slice: {
    accepts: [
      {
        takes: [byte(5, 'n')],
        with: { starts: [1, 0], sizes: [2, 'n'], strides: [3, 1] },
        gives: 'uint8[2, n]',
      },
      {
        takes: [float('n')],
        with: { starts: [0], sizes: [half], strides: [2] },
        gives: 'float32[⌊(n+1)/2⌋]',
      },
      { takes: [float(3)], with: { starts: [3], sizes: [0], strides: [1] }, gives: 'float32[0]' },
      { takes: [float(3)], with: { starts: [2], sizes: [1], strides: [9] }, gives: 'float32[1]' },
    ],
    refuses: [
      perAxis([float(2, 3)], first, 'starts', '1 for float32[2, 3]'),
      perAxis([float(2)], { ...first, sizes: [] }, 'sizes', '0 for float32[2]'),
      perAxis([float(2)], { ...first, strides: [1, 1] }, 'strides', '2 for float32[2]'),
      negative([float(2)], { ...first, starts: [-1] }, 'starts', -1),
      negative([float(2)], { ...first, sizes: [-1] }, 'sizes', -1),
      negative([float(2)], { ...first, strides: [0] }, 'strides', 0),
      outside(
        [float(2, 3)],
        { starts: [0, 1], sizes: [2, 3], strides: [1, 1] },
        'the slice leaves axis 1, got starts [0, 1], sizes [2, 3], strides [1, 1] of float32[2, 3].',
      ),
      outside(
        [float(6)],
        { starts: [1], sizes: [3], strides: [3] },
        'the slice leaves axis 0, got starts [1], sizes [3], strides [3] of float32[6].',
      ),
      outside(
        [float(3)],
        { starts: [4], sizes: [0], strides: [1] },
        'the slice leaves axis 0, got starts [4], sizes [0], strides [1] of float32[3].',
      ),
      outside(
        [float('n')],
        { starts: [1], sizes: ['n'], strides: [1] },
        'the slice leaves axis 0, got starts [1], sizes [n], strides [1] of float32[n].',
      ),
    ],
  },
  pad: {
    accepts: [
      {
        takes: [float(2, 'n')],
        with: { before: [1, 0], after: [0, 'n'], value: Number.NEGATIVE_INFINITY },
        gives: 'float32[3, 2·n]',
      },
      { takes: [bool(0)], with: { ...border, value: 1 }, gives: 'bool[3]' },
    ],
    refuses: [
      perAxis([float(2, 3)], border, 'before', '1 for float32[2, 3]'),
      perAxis([float(2)], { ...border, after: [] }, 'after', '0 for float32[2]'),
      negative([float(2)], { ...border, before: [-1] }, 'before', -1),
      negative([float(2)], { ...border, after: [-1] }, 'after', -1),
      {
        takes: [float(2)],
        with: { before: [1], after: [1] },
        error: 'AttributeError',
        code: 'ATTRIBUTE_NUMBER',
        message: 'value must be a number, got undefined.',
      },
      {
        takes: [int(2)],
        with: { ...border, value: 0.5 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_PAD_VALUE',
        message: 'value must be a number that int32 holds, got 0.5 for int32[2].',
      },
      {
        takes: [bool(2)],
        with: { ...border, value: 2 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_PAD_VALUE',
        message: 'value must be a number that bool holds, got 2 for bool[2].',
      },
    ],
  },
});

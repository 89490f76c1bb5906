import type { IndexingOperatorsV1 } from '@etalon/spec';
import { bool, byte, describeTypeRules, float, int } from '../../test/type-cases.ts';
import { multiplyDimensions } from '../dimension/index.ts';

describeTypeRules<keyof IndexingOperatorsV1>({
  gather: {
    accepts: [
      { takes: [float(10, 4), int('n')], with: { axis: 0 }, gives: 'float32[n, 4]' },
      { takes: [bool('n', 10, 4), int(2, 3)], with: { axis: 1 }, gives: 'bool[n, 2, 3, 4]' },
      { takes: [byte(10), int()], with: { axis: 0 }, gives: 'uint8[]' },
      { takes: [float(0, 4), int(0)], with: { axis: 0 }, gives: 'float32[0, 4]' },
      { takes: [float(0, 4), int('n')], with: { axis: 0 }, gives: 'float32[n, 4]' },
    ],
    refuses: [
      {
        takes: [float(10), float(2)],
        with: { axis: 0 },
        error: 'DTypeError',
        code: 'DTYPE_OPERAND',
        message: 'the dtype of the indices does not fit, got float32[2].\nExpected int32.',
      },
      {
        takes: [float(10), int(2)],
        with: { axis: 1 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_AXIS',
        message: 'axis 1 is out of range for float32[10] (rank 1).\nExpected -1 … 0.',
      },
      {
        takes: [float(0, 4), int(2)],
        with: { axis: 0 },
        error: 'ShapeError',
        code: 'SHAPE_INDEX_EMPTY',
        message: 'there is nothing to index along axis 0 of float32[0, 4], got indices int32[2].',
      },
    ],
  },
  scatterAdd: {
    accepts: [
      { takes: [int('n'), float('n', 4)], with: { size: 10 }, gives: 'float32[10, 4]' },
      { takes: [int(2, 3), float(2, 3)], with: { size: 'k' }, gives: 'float32[k]' },
      { takes: [int(), float(4)], with: { size: 10 }, gives: 'float32[10, 4]' },
      { takes: [int(0), float(0, 4)], with: { size: 0 }, gives: 'float32[0, 4]' },
    ],
    refuses: [
      {
        takes: [float(2), float(2)],
        with: { size: 3 },
        error: 'DTypeError',
        code: 'DTYPE_OPERAND',
        message: 'the dtype of the indices does not fit, got float32[2].\nExpected int32.',
      },
      {
        takes: [int(2), int(2)],
        with: { size: 3 },
        error: 'DTypeError',
        code: 'DTYPE_OPERAND',
        message:
          "the dtype of the updates does not fit, got int32[2].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
      },
      {
        takes: [int(2, 3), float(2, 4)],
        with: { size: 3 },
        error: 'ShapeError',
        code: 'SHAPE_SCATTER',
        message:
          "updates must begin with the indices' shape, got float32[2, 4] for indices [2, 3].",
      },
      {
        takes: [int(2, 3), float(2)],
        with: { size: 3 },
        error: 'ShapeError',
        code: 'SHAPE_SCATTER',
        message: "updates must begin with the indices' shape, got float32[2] for indices [2, 3].",
      },
      {
        takes: [int(2), float(2)],
        with: { size: 0 },
        error: 'ShapeError',
        code: 'SHAPE_INDEX_EMPTY',
        message: 'there is nothing to index in a result of size 0, got indices int32[2].',
      },
    ],
  },
  dimensionSize: {
    accepts: [
      { takes: [], with: { dimension: 'batch' }, gives: 'int32[]' },
      { takes: [], with: { dimension: multiplyDimensions('batch', 'time') }, gives: 'int32[]' },
      { takes: [], with: { dimension: 7 }, gives: 'int32[]' },
    ],
    refuses: [],
  },
});

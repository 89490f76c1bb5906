import type { LinearAlgebraOperatorsV1 } from '@etalon/spec';
import { describeTypeRules, float, int } from '../../test/type-cases.ts';

describeTypeRules<keyof LinearAlgebraOperatorsV1>({
  matmul: {
    accepts: [
      { takes: [float('batch', 784), float(784, 10)], gives: 'float32[batch, 10]' },
      { takes: [float(5, 'n', 2, 3), float(3, 4)], gives: 'float32[5, n, 2, 4]' },
      { takes: [float(5, 1, 2, 3), float('n', 3, 4)], gives: 'float32[5, n, 2, 4]' },
      { takes: [float(2, 0), float(0, 4)], gives: 'float32[2, 4]' },
      { takes: [float(2, 'k'), float('k', 4)], gives: 'float32[2, 4]' },
    ],
    refuses: [
      {
        takes: [int(2, 2), float(2, 2)],
        error: 'DTypeError',
        code: 'DTYPE_OPERAND',
        message:
          "the dtype of the first operand does not fit, got int32[2, 2].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
      },
      {
        takes: [float(2, 2), int(2, 2)],
        error: 'DTypeError',
        code: 'DTYPE_OPERAND',
        message:
          "the dtype of the second operand does not fit, got int32[2, 2].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
      },
      {
        takes: [float(2), float(2, 3)],
        error: 'ShapeError',
        code: 'SHAPE_MATMUL_RANK',
        message:
          'both operands must have rank 2 or more, got float32[2] × float32[2, 3].\nFix: reshape the operand to a matrix.',
      },
      {
        takes: [float(32, 6272), float(784, 10)],
        error: 'ShapeError',
        code: 'SHAPE_MATMUL_INNER',
        message: 'inner dimensions must match, got float32[32, 6272] × float32[784, 10].',
      },
      {
        takes: [float(2, 'k'), float(3, 4)],
        error: 'ShapeError',
        code: 'SHAPE_MATMUL_INNER',
        message: 'inner dimensions must match, got float32[2, k] × float32[3, 4].',
      },
      {
        takes: [float(2, 4, 3), float(5, 3, 4)],
        error: 'ShapeError',
        code: 'SHAPE_BROADCAST',
        message:
          'the axes before the matrices do not broadcast, got float32[2, 4, 3] × float32[5, 3, 4].\nExpected sizes that are equal or 1, aligned at the matrices.',
      },
    ],
  },
});

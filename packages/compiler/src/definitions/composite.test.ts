import type { CompositeOperatorsV1, OperatorsV1 } from '@etalon/spec';
import type { Refused, TypeCases } from '../../test/type-cases.ts';
import { bool, byte, describeTypeRules, float, int } from '../../test/type-cases.ts';

const integer: Refused<OperatorsV1['gelu']> = {
  takes: [int(2)],
  error: 'DTypeError',
  code: 'DTYPE_OPERAND',
  message:
    "the dtype of the operand does not fit, got int32[2].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
};

const activation: TypeCases<OperatorsV1['gelu']> = {
  accepts: [{ takes: [float('n', 3)], gives: 'float32[n, 3]' }],
  refuses: [integer],
};

const alongAxis: TypeCases<OperatorsV1['softmax']> = {
  accepts: [
    { takes: [float('n', 3)], with: { axis: 1 }, gives: 'float32[n, 3]' },
    { takes: [float(0)], with: { axis: 0 }, gives: 'float32[0]' },
  ],
  refuses: [
    { ...integer, with: { axis: 0 } },
    {
      takes: [float(8, 10)],
      with: { axis: 3 },
      error: 'AttributeError',
      code: 'ATTRIBUTE_AXIS',
      message: 'axis 3 is out of range for float32[8, 10] (rank 2).\nExpected -2 … 1.',
    },
  ],
};

const withAlpha: TypeCases<OperatorsV1['elu']> = {
  accepts: [{ takes: [float('n')], with: { alpha: 0.5 }, gives: 'float32[n]' }],
  refuses: [
    { ...integer, with: { alpha: 1 } },
    {
      takes: [float(2)],
      error: 'AttributeError',
      code: 'ATTRIBUTE_NUMBER',
      message: 'alpha must be a number, got undefined.',
    },
  ],
};

describeTypeRules<keyof CompositeOperatorsV1>({
  softmax: alongAxis,
  logSoftmax: alongAxis,
  softplus: activation,
  gelu: activation,
  step: activation,
  elu: withAlpha,
  leakyRelu: withAlpha,
  oneHot: {
    accepts: [
      { takes: [int('n')], with: { depth: 10 }, gives: 'float32[n, 10]' },
      { takes: [int()], with: { depth: 0 }, gives: 'float32[0]' },
    ],
    refuses: [
      {
        takes: [float(2)],
        with: { depth: 3 },
        error: 'DTypeError',
        code: 'DTYPE_OPERAND',
        message: 'the dtype of the indices does not fit, got float32[2].\nExpected int32.',
      },
      {
        takes: [int(2)],
        with: { depth: 2.5 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_INTEGER',
        message: 'depth must be an integer of at least 0, got 2.5.',
      },
    ],
  },
  stopGradient: {
    accepts: [
      { takes: [float('n')], gives: 'float32[n]' },
      { takes: [byte(2)], gives: 'uint8[2]' },
    ],
    refuses: [],
  },
  straightThrough: {
    accepts: [{ takes: [float('n', 2), float('n', 2)], gives: 'float32[n, 2]' }],
    refuses: [
      {
        takes: [bool(2), float(2)],
        error: 'DTypeError',
        code: 'DTYPE_OPERAND',
        message:
          "the dtype of the operands does not fit, got bool[2].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
      },
      {
        takes: [float(2), int(2)],
        error: 'DTypeError',
        code: 'DTYPE_MISMATCH',
        message:
          'operands must have one dtype, got float32[2] and int32[2].\nFix: convert one of them with cast().',
      },
      {
        takes: [float(2), float(1)],
        error: 'ShapeError',
        code: 'SHAPE_STRAIGHT_THROUGH',
        message: 'both operands must have one shape, got float32[2] and float32[1].',
      },
    ],
  },
});

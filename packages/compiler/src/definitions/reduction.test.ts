import type { OperatorsV1, ReductionOperatorsV1 } from '@etalon/spec';
import type { TypeCases } from '../../test/type-cases.ts';
import { bool, byte, describeTypeRules, float, int } from '../../test/type-cases.ts';

const gone = { axes: [1], keepDims: false };

const floatReduction: TypeCases<OperatorsV1['reduceMean']> = {
  accepts: [
    { takes: [float('n', 3, 4)], with: { axes: [1], keepDims: false }, gives: 'float32[n, 4]' },
    {
      takes: [float('n', 3, 4)],
      with: { axes: [0, 2], keepDims: true },
      gives: 'float32[1, 3, 1]',
    },
    { takes: [float('n', 3)], with: { axes: [0, 1], keepDims: false }, gives: 'float32[]' },
    { takes: [float('n', 3)], with: { axes: [], keepDims: false }, gives: 'float32[n, 3]' },
    { takes: [float()], with: { axes: [], keepDims: true }, gives: 'float32[]' },
    { takes: [float(2, 0)], with: { axes: [1], keepDims: false }, gives: 'float32[2]' },
  ],
  refuses: [
    {
      takes: [bool(2, 2)],
      with: gone,
      error: 'DTypeError',
      code: 'DTYPE_OPERAND',
      message:
        "the dtype of the operand does not fit, got bool[2, 2].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
    },
    {
      takes: [float(2)],
      with: gone,
      error: 'AttributeError',
      code: 'ATTRIBUTE_AXIS',
      message: 'axis 1 is out of range for float32[2] (rank 1).\nExpected -1 … 0.',
    },
    {
      takes: [float()],
      with: { axes: [0], keepDims: false },
      error: 'AttributeError',
      code: 'ATTRIBUTE_AXIS',
      message:
        'axis 0 is out of range for float32[] (rank 0).\nExpected an operand of rank 1 or more.',
    },
    {
      takes: [float(2, 2)],
      with: { axes: [-1], keepDims: false },
      error: 'AttributeError',
      code: 'ATTRIBUTE_AXIS',
      message: 'axis -1 is out of range for float32[2, 2] (rank 2).\nExpected -2 … 1.',
    },
    {
      takes: [float(2, 2)],
      with: { axes: [1, 0], keepDims: false },
      error: 'AttributeError',
      code: 'ATTRIBUTE_AXES',
      message: 'axes must be sorted and distinct, got [1, 0].',
    },
    {
      takes: [float(2, 2)],
      with: { axes: [1, 1], keepDims: false },
      error: 'AttributeError',
      code: 'ATTRIBUTE_AXES',
      message: 'axes must be sorted and distinct, got [1, 1].',
    },
    {
      takes: [float(2, 2)],
      with: { axes: [1] },
      error: 'AttributeError',
      code: 'ATTRIBUTE_BOOLEAN',
      message: 'keepDims must be true or false, got undefined.',
    },
  ],
};

const numericReduction: TypeCases<OperatorsV1['reduceSum']> = {
  accepts: [
    ...floatReduction.accepts,
    { takes: [int(2, 'n')], with: { axes: [1], keepDims: true }, gives: 'int32[2, 1]' },
  ],
  refuses: [
    {
      takes: [byte(2, 2)],
      with: gone,
      error: 'DTypeError',
      code: 'DTYPE_OPERAND',
      message:
        "the dtype of the operand does not fit, got uint8[2, 2].\nExpected float32 or int32.\nFix: convert it with cast(x, 'float32').",
    },
    ...floatReduction.refuses.slice(1),
  ],
};

const search: TypeCases<OperatorsV1['argMax']> = {
  accepts: [
    { takes: [float('n', 10)], with: { axis: 1, keepDims: false }, gives: 'int32[n]' },
    { takes: [int('n', 10)], with: { axis: 0, keepDims: true }, gives: 'int32[1, 10]' },
    { takes: [float(0, 10)], with: { axis: 1, keepDims: false }, gives: 'int32[0]' },
  ],
  refuses: [
    {
      takes: [bool(2)],
      with: { axis: 0, keepDims: false },
      error: 'DTypeError',
      code: 'DTYPE_OPERAND',
      message:
        "the dtype of the operand does not fit, got bool[2].\nExpected float32 or int32.\nFix: convert it with cast(x, 'float32').",
    },
    {
      takes: [float(2)],
      with: { axis: 1, keepDims: false },
      error: 'AttributeError',
      code: 'ATTRIBUTE_AXIS',
      message: 'axis 1 is out of range for float32[2] (rank 1).\nExpected -1 … 0.',
    },
    {
      takes: [float(2)],
      with: { axis: 0, keepDims: 1 },
      error: 'AttributeError',
      code: 'ATTRIBUTE_BOOLEAN',
      message: 'keepDims must be true or false, got 1.',
    },
    {
      takes: [float(2, 0)],
      with: { axis: 1, keepDims: false },
      error: 'ShapeError',
      code: 'SHAPE_SEARCH_EMPTY',
      message: 'there is no index to return on an empty axis, got float32[2, 0], axis 1.',
    },
  ],
};

describeTypeRules<keyof ReductionOperatorsV1>({
  reduceSum: numericReduction,
  reduceMean: floatReduction,
  reduceMax: numericReduction,
  reduceMin: numericReduction,
  argMax: search,
  argMin: search,
});

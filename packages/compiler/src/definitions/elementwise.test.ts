import type { ElementwiseOperatorsV1, OperatorsV1, ValueType } from '@etalon/spec';
import type { Refused, TypeCases } from '../../test/type-cases.ts';
import { bool, byte, describeTypeRules, float, int } from '../../test/type-cases.ts';

const toFloat = "\nFix: convert it with cast(x, 'float32').";

type AnyRefused = Refused<OperatorsV1['add']>;

function wrongDType(
  takes: readonly ValueType[],
  name: string,
  got: string,
  expected: string,
): AnyRefused {
  return {
    takes,
    error: 'DTypeError',
    code: 'DTYPE_OPERAND',
    message: `the dtype of the ${name} does not fit, got ${got}.\nExpected ${expected}.${expected.startsWith('float32') ? toFloat : ''}`,
  };
}

const mismatch: AnyRefused = {
  takes: [float(2), int(2)],
  error: 'DTypeError',
  code: 'DTYPE_MISMATCH',
  message:
    'operands must have one dtype, got float32[2] and int32[2].\nFix: convert one of them with cast().',
};

function noBroadcast(takes: readonly [ValueType, ValueType], got: string): AnyRefused {
  return {
    takes,
    error: 'ShapeError',
    code: 'SHAPE_BROADCAST',
    message: `shapes do not broadcast, got ${got}.\nExpected sizes that are equal or 1, aligned at the last axis.`,
  };
}

const arithmetic: TypeCases<OperatorsV1['add']> = {
  accepts: [
    { takes: [float(2, 3), float(2, 3)], gives: 'float32[2, 3]' },
    { takes: [int(2, 1), int(3)], gives: 'int32[2, 3]' },
    { takes: [float(), float('batch', 3)], gives: 'float32[batch, 3]' },
    { takes: [float('batch', 1), float(1, 'time')], gives: 'float32[batch, time]' },
    { takes: [float(1), float(0)], gives: 'float32[0]' },
  ],
  refuses: [
    mismatch,
    wrongDType([bool(2), bool(2)], 'operands', 'bool[2]', 'float32 or int32'),
    wrongDType([byte(2), byte(2)], 'operands', 'uint8[2]', 'float32 or int32'),
    noBroadcast([float(2, 3), float(2)], 'float32[2, 3] and float32[2]'),
    noBroadcast([float('batch'), float('time')], 'float32[batch] and float32[time]'),
    noBroadcast([float('batch'), float(4)], 'float32[batch] and float32[4]'),
    noBroadcast([float(0), float(2)], 'float32[0] and float32[2]'),
  ],
};

const floatArithmetic: TypeCases<OperatorsV1['pow']> = {
  accepts: [{ takes: [float(2, 1), float('n')], gives: 'float32[2, n]' }],
  refuses: [
    wrongDType([int(2), int(2)], 'operands', 'int32[2]', 'float32'),
    noBroadcast([float(2), float(3)], 'float32[2] and float32[3]'),
  ],
};

const equality: TypeCases<OperatorsV1['equal']> = {
  accepts: [
    { takes: [float('batch', 1), float(3)], gives: 'bool[batch, 3]' },
    { takes: [int(), int()], gives: 'bool[]' },
    { takes: [bool(2), bool(2)], gives: 'bool[2]' },
    { takes: [byte(2), byte()], gives: 'bool[2]' },
  ],
  refuses: [mismatch, noBroadcast([bool(2), bool(3)], 'bool[2] and bool[3]')],
};

const comparison: TypeCases<OperatorsV1['greater']> = {
  accepts: [
    { takes: [float('batch', 1), float(3)], gives: 'bool[batch, 3]' },
    { takes: [int(2), int(2)], gives: 'bool[2]' },
  ],
  refuses: [
    mismatch,
    wrongDType([bool(2), bool(2)], 'operands', 'bool[2]', 'float32 or int32'),
    noBroadcast([int(2), int(3)], 'int32[2] and int32[3]'),
  ],
};

const logical: TypeCases<OperatorsV1['logicalAnd']> = {
  accepts: [{ takes: [bool(2, 1), bool('n')], gives: 'bool[2, n]' }],
  refuses: [
    wrongDType([float(2), float(2)], 'operands', 'float32[2]', 'bool'),
    wrongDType([byte(2), byte(2)], 'operands', 'uint8[2]', 'bool'),
    noBroadcast([bool(2), bool(3)], 'bool[2] and bool[3]'),
  ],
};

const numericUnary: TypeCases<OperatorsV1['abs']> = {
  accepts: [
    { takes: [float('batch', 3)], gives: 'float32[batch, 3]' },
    { takes: [int()], gives: 'int32[]' },
  ],
  refuses: [
    wrongDType([bool(2)], 'operand', 'bool[2]', 'float32 or int32'),
    wrongDType([byte(2)], 'operand', 'uint8[2]', 'float32 or int32'),
  ],
};

const floatUnary: TypeCases<OperatorsV1['exp']> = {
  accepts: [
    { takes: [float('batch', 3)], gives: 'float32[batch, 3]' },
    { takes: [float(0)], gives: 'float32[0]' },
  ],
  refuses: [
    wrongDType([int(2)], 'operand', 'int32[2]', 'float32'),
    wrongDType([bool(2)], 'operand', 'bool[2]', 'float32'),
  ],
};

describeTypeRules<keyof ElementwiseOperatorsV1>({
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  div: arithmetic,
  max: arithmetic,
  min: arithmetic,
  pow: floatArithmetic,
  equal: equality,
  notEqual: equality,
  greater: comparison,
  greaterOrEqual: comparison,
  lesser: comparison,
  lesserOrEqual: comparison,
  logicalAnd: logical,
  logicalOr: logical,
  logicalXor: logical,
  logicalNot: {
    accepts: [{ takes: [bool('n')], gives: 'bool[n]' }],
    refuses: [wrongDType([float(2)], 'operand', 'float32[2]', 'bool')],
  },
  isNaN: {
    accepts: [{ takes: [float('n', 2)], gives: 'bool[n, 2]' }],
    refuses: [wrongDType([int(2)], 'operand', 'int32[2]', 'float32')],
  },
  where: {
    accepts: [
      { takes: [bool(2, 1), float(), float(3)], gives: 'float32[2, 3]' },
      { takes: [bool(), int('n'), int(1)], gives: 'int32[n]' },
      { takes: [bool(2), bool(2), bool(2)], gives: 'bool[2]' },
      { takes: [bool(2), byte(2), byte(2)], gives: 'uint8[2]' },
    ],
    refuses: [
      wrongDType([float(2), float(2), float(2)], 'condition', 'float32[2]', 'bool'),
      { ...mismatch, takes: [bool(2), float(2), int(2)] },
      {
        takes: [bool(3), float(2), float(2)],
        error: 'ShapeError',
        code: 'SHAPE_BROADCAST',
        message:
          'shapes do not broadcast, got bool[3] and float32[2] and float32[2].\nExpected sizes that are equal or 1, aligned at the last axis.',
      },
    ],
  },
  abs: numericUnary,
  neg: numericUnary,
  sign: numericUnary,
  relu: numericUnary,
  reciprocal: floatUnary,
  sqrt: floatUnary,
  exp: floatUnary,
  log: floatUnary,
  sin: floatUnary,
  cos: floatUnary,
  tanh: floatUnary,
  erf: floatUnary,
  sigmoid: floatUnary,
  floor: floatUnary,
  ceil: floatUnary,
  roundEven: floatUnary,
  cast: {
    accepts: [
      { takes: [byte('n', 28)], with: { to: 'float32' }, gives: 'float32[n, 28]' },
      { takes: [float()], with: { to: 'int32' }, gives: 'int32[]' },
      { takes: [int(2)], with: { to: 'bool' }, gives: 'bool[2]' },
      { takes: [bool(2)], with: { to: 'float32' }, gives: 'float32[2]' },
    ],
    refuses: [
      {
        takes: [float(2)],
        with: { to: 'uint8' },
        error: 'AttributeError',
        code: 'ATTRIBUTE_CAST',
        message: 'cannot convert to "uint8", got float32[2].\nExpected float32, int32 or bool.',
      },
      {
        takes: [float(2)],
        error: 'AttributeError',
        code: 'ATTRIBUTE_CAST',
        message: 'cannot convert to undefined, got float32[2].\nExpected float32, int32 or bool.',
      },
    ],
  },
});

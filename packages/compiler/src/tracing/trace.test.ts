import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import {
  add,
  concat,
  constant,
  filled,
  matmul,
  mul,
  nameScope,
  randomNormal,
  randomUniform,
  reduceSum,
  reshape,
  softmax,
  tensor,
  traceProgram,
  where,
} from '../index.ts';
import type { Tensor } from './tensor.ts';

const inputs = { x: tensor('float32', ['batch', 3]) };

describe('the open trace', () => {
  it('is needed by functions without tensors', () => {
    const message =
      "no program is being traced.\nFix: call it inside defineModel's build, defineProgram or traceProgram.";
    expect(caught(() => constant(1))).toMatchObject({
      name: 'ProgramError',
      code: 'TRACE_NONE_OPEN',
      message: `constant: ${message}`,
    });
    expect(caught(() => add(1, 2))).toMatchObject({
      code: 'TRACE_NONE_OPEN',
      message: `add: ${message}`,
    });
    expect(caught(() => nameScope('dense', () => 1))).toMatchObject({
      code: 'TRACE_NONE_OPEN',
      message: `nameScope: ${message}`,
    });
    expect(caught(() => concat([]))).toMatchObject({ code: 'TRACE_NONE_OPEN' });
  });

  it('is the innermost one', () => {
    let inner: unknown;
    const outer = traceProgram('outer', inputs, ({ x }) => {
      inner = traceProgram('inner', { y: tensor('float32', []) }, ({ y }) => ({
        z: add(y, constant(2)),
      }));
      return { z: add(x, constant(3)) };
    });
    expect(inner).toMatchObject({ name: 'inner', nodes: [{ operator: 'add' }] });
    expect(outer.nodes).toHaveLength(1);
    expect(outer.constants.map((item) => item.tensor.data)).toEqual([Float32Array.of(3)]);
  });

  it('is closed also when the function throws', () => {
    expect(
      caught(() =>
        traceProgram('model', inputs, () => {
          throw new RangeError('stop');
        }),
      ),
    ).toMatchObject({ message: 'stop' });
    expect(caught(() => constant(1))).toMatchObject({ code: 'TRACE_NONE_OPEN' });
  });

  it('does not take tensors of another trace as operands', () => {
    const error = caught(() =>
      traceProgram('outer', inputs, ({ x }) => {
        traceProgram('inner', { y: tensor('float32', ['batch', 3]) }, ({ y }) =>
          nameScope('layer', () => ({ z: add(y, x) })),
        );
        return {};
      }),
    );
    expect(error).toMatchObject({
      name: 'ProgramError',
      code: 'TRACE_MIXED',
      message:
        'layer › add: operands come from different programs, got float32[batch, 3] of another one.\nFix: use a tensor only inside the function that was traced; pass values between programs as inputs.',
    });
  });

  it('does not take tensors of another trace as outputs', () => {
    const error = caught(() =>
      traceProgram('outer', inputs, ({ x }) => {
        traceProgram('inner', {}, () => ({ deep: { z: x } }));
        return {};
      }),
    );
    expect(error).toMatchObject({
      code: 'TRACE_MIXED',
      message:
        'inner › output "deep/z": the tensor belongs to another program, got float32[batch, 3].\nFix: return tensors that the traced function made from its own inputs.',
    });
  });

  it('takes nothing once the program is finished', () => {
    let leaked: Tensor | undefined;
    const program = traceProgram('model', inputs, ({ x }) => {
      leaked = x;
      return { y: add(x, x) };
    });
    expect(caught(() => leaked && mul(leaked, leaked))).toMatchObject({
      name: 'ProgramError',
      code: 'TRACE_FINISHED',
    });
    expect(program.nodes).toHaveLength(1);
    expect(program.values).toHaveLength(2);
  });
});

describe('scalar constants', () => {
  it('are shared where they are the same number of the same dtype', () => {
    const program = traceProgram('model', inputs, ({ x }) => ({
      a: mul(add(x, 2), 2),
      b: add(x, constant(2)),
    }));
    expect(program.constants).toHaveLength(1);
  });

  it('tell -0 from 0, NaN from others and dtypes apart', () => {
    const integers = { ...inputs, n: tensor('int32', []) };
    const program = traceProgram('model', integers, ({ x, n }) => ({
      zeros: add(add(x, 0), -0),
      more: add(add(x, Number.NaN), Number.NaN),
      n: add(n, 0),
    }));
    const constants = program.constants.map(({ tensor: { dtype, data } }) => [dtype, data[0]]);
    expect(constants).toEqual([
      ['float32', 0],
      ['float32', -0],
      ['float32', Number.NaN],
      ['int32', 0],
    ]);
  });

  it('are shared where numbers are spelt out, and not where a tensor is given', () => {
    const host = { dtype: 'float32', shape: [1], data: Float32Array.of(2) } as const;
    const program = traceProgram('model', inputs, ({ x }) => ({
      a: add(x, constant([2])),
      b: add(x, constant([2])),
      row: add(x, constant([[2]])),
      one: add(x, constant(host)),
      other: add(x, constant({ ...host, data: Float32Array.of(2) })),
    }));
    expect(program.constants.map(({ tensor: { shape } }) => shape)).toEqual([
      [1],
      [1, 1],
      [1],
      [1],
    ]);
  });

  it('take the dtype of the tensor beside them', () => {
    const declared = { n: tensor('int32', ['k']), flag: tensor('bool', ['k']) };
    const program = traceProgram('model', declared, ({ n, flag }) => ({
      sum: add(n, 1),
      picked: where(flag, n, -1),
      floats: where(flag, 1, 2),
    }));
    expect(program.constants.map(({ tensor: { dtype } }) => dtype)).toEqual([
      'int32',
      'int32',
      'float32',
      'float32',
    ]);
  });

  it.each<[string, (declared: { n: Tensor; flag: Tensor; byte: Tensor }) => Tensor, string]>([
    [
      'a fraction for int32',
      ({ n }) => add(n, 0.5),
      "layer › add: the number becomes int32, which does not hold it, got 0.5.\nFix: convert the other operand with cast(x, 'float32').",
    ],
    [
      'a number beyond int32',
      ({ n, flag }) => where(flag, n, 2 ** 31),
      "layer › where: the number becomes int32, which does not hold it, got 2147483648.\nFix: convert the other operand with cast(x, 'float32').",
    ],
    [
      'NaN for int32',
      ({ n }) => mul(n, Number.NaN),
      "layer › mul: the number becomes int32, which does not hold it, got NaN.\nFix: convert the other operand with cast(x, 'float32').",
    ],
    [
      '2 for bool',
      ({ flag }) => where(flag, flag, 2),
      'layer › where: the number becomes bool, which does not hold it, got 2.',
    ],
    [
      '-1 for uint8',
      ({ flag, byte }) => where(flag, byte, -1),
      'layer › where: the number becomes uint8, which does not hold it, got -1.',
    ],
    [
      'a fraction to fill int32 with',
      ({ n }) => filled(n, 1.5),
      "layer › filled: the number becomes int32, which does not hold it, got 1.5.\nFix: convert the other operand with cast(x, 'float32').",
    ],
  ])('refuse %s', (_, body, message) => {
    const declared = {
      n: tensor('int32', []),
      flag: tensor('bool', []),
      byte: tensor('uint8', []),
    };
    const error = caught(() =>
      traceProgram('model', declared, (symbols) =>
        nameScope('layer', () => ({ y: body(symbols) })),
      ),
    );
    expect(error).toMatchObject({ name: 'AttributeError', code: 'ATTRIBUTE_NUMBER', message });
  });
});

describe('paths', () => {
  it('join the scopes that are open and the operator', () => {
    const program = traceProgram('model', inputs, ({ x }) => ({
      y: nameScope('block', () => nameScope('dense', () => add(softmax(x), 1))),
      z: add(x, x),
    }));
    expect(program.nodes.map(({ path }) => path)).toEqual([
      'block › dense › softmax',
      'block › dense › add',
      'add',
    ]);
    expect(program.constants.map(({ path }) => path)).toEqual(['block › dense › constant']);
  });

  it.each<[string, (x: Tensor) => unknown, string, string, string]>([
    [
      'by the type rule',
      (x) => matmul(x, x),
      'ShapeError',
      'SHAPE_MATMUL_INNER',
      'block › dense › matmul: inner dimensions must match, got float32[batch, 3] × float32[batch, 3].',
    ],
    [
      'before the node is made',
      (x) => reduceSum(x, { axes: 2 }),
      'AttributeError',
      'ATTRIBUTE_AXIS',
      'block › dense › reduceSum: axis 2 is out of range for float32[batch, 3] (rank 2).\nExpected -2 … 1.',
    ],
    [
      'in sizes to be inferred',
      (x) => reshape(x, [-1, 7]),
      'ShapeError',
      'SHAPE_RESHAPE_INFER',
      'block › dense › reshape: no size for -1 turns float32[batch, 3] into [-1, 7].\nExpected one -1 and a product of the other sizes that divides the number of elements.',
    ],
    [
      'in nested arrays',
      () => constant([[1, 2], [3]]),
      'AttributeError',
      'ATTRIBUTE_RAGGED',
      'block › dense › constant: nested arrays must be equally long, got [3] where the first rows give [2, 2].',
    ],
  ])('come once before the message of what is found wrong %s', (_, body, name, code, message) => {
    const error = caught(() =>
      traceProgram('model', inputs, ({ x }) =>
        nameScope('block', () => nameScope('dense', () => ({ y: body(x) }))),
      ),
    );
    expect(error).toMatchObject({ name, code, message });
    // Uncaught errors are shown by their stack, which quotes the message.
    expect((error as Error).stack).toContain(message);
  });

  it('are left again when a scope throws', () => {
    const program = traceProgram('model', inputs, ({ x }) => {
      caught(() => nameScope('broken', () => matmul(x, x)));
      return { y: add(x, x) };
    });
    expect(program.nodes.map(({ path }) => path)).toEqual(['add']);
  });
});

describe('random streams', () => {
  const streamsOf = (body: () => readonly Tensor[]) => {
    const program = traceProgram('model', inputs, () => ({ draws: body() }));
    return program.nodes.map(({ attributes }) => attributes);
  };

  it('are named after the path, and numbered where a name repeats', () => {
    const attributes = streamsOf(() => [
      randomNormal([2]),
      nameScope('dropout', () => randomNormal([2])),
      nameScope('dropout', () => randomNormal([2])),
      nameScope('dropout', () => randomUniform([2], { stream: 'normal' })),
      randomNormal([2], { stream: 'normal 2' }),
      randomNormal([2]),
    ]);
    expect(attributes.map((each) => 'stream' in each && each.stream)).toEqual([
      'normal',
      'dropout › normal',
      'dropout › normal 2',
      'dropout › normal 3',
      'normal 2',
      'normal 3',
    ]);
  });
});

import type { NodeV1, ProgramV1 } from '@etalon/spec';
import { DataError, DTypeError, ShapeError, UnsupportedOperatorError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder, singleOperatorProgram } from '../test/programs.ts';
import { hostTensor, tensor } from '../test/tensors.ts';
import { evaluateProgram } from './evaluate-program.ts';

const vector = { dtype: 'float32', shape: ['n'] } as const;
const double: ProgramV1 = singleOperatorProgram('add', [vector, vector], {}, vector);

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('evaluateProgram', () => {
  it('binds names in shapes to the sizes of the inputs', () => {
    const builder = new ProgramBuilder();
    const x = builder.input('x', 'float32', ['batch', 2]);
    const count = builder.node(
      'dimensionSize',
      [],
      { dimension: 'batch' },
      { dtype: 'int32', shape: [] },
    );
    const spread = builder.float('expand', [x], [3, 'batch', 2], { shape: [3, 'batch', 2] });
    const program = builder.output('count', count).output('spread', spread).build();
    const outputs = evaluateProgram(program, { x: hostTensor([1, 2, 3, 4], [2, 2]) });
    expect(outputs.count).toEqual(tensor([2], [], 'int32'));
    expect(outputs.spread?.shape).toEqual([3, 2, 2]);
    expect([...(outputs.spread?.data ?? [])]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
  });

  it('does not round float32 values between nodes', () => {
    const outputs = evaluateProgram(double, { 0: tensor([0.1]), 1: tensor([0.2]) });
    expect(outputs.y?.data[0]).toBe(0.1 + 0.2);
  });

  it('takes host tensors and tensors of the reference alike', () => {
    const outputs = evaluateProgram(double, { 0: hostTensor([1.5]), 1: tensor([2]) });
    expect([...(outputs.y?.data ?? [])]).toEqual([3.5]);
  });

  it('reads constants and returns inputs, constants and repeated values as outputs', () => {
    const builder = new ProgramBuilder();
    const x = builder.input('x', 'int32', [2]);
    const one = builder.constant({ dtype: 'int32', shape: [], data: Int32Array.of(1) });
    const sum = builder.node('add', [x, one], {}, { dtype: 'int32', shape: [2] });
    const program = builder
      .output('x', x)
      .output('one', one)
      .output('sum', sum)
      .output('again', sum)
      .build();
    const outputs = evaluateProgram(program, {
      x: { dtype: 'int32', shape: [2], data: Int32Array.of(5, 2 ** 31 - 1) },
    });
    expect(outputs.x).toEqual(tensor([5, 2 ** 31 - 1], [2], 'int32'));
    expect(outputs.one).toEqual(tensor([1], [], 'int32'));
    expect(outputs.sum).toEqual(tensor([6, -(2 ** 31)], [2], 'int32'));
    expect(outputs.again).toEqual(outputs.sum);
  });

  it('keeps a value that later nodes read again', () => {
    const builder = new ProgramBuilder();
    const x = builder.input('x', 'float32', [1]);
    const square = builder.float('mul', [x, x], [1]);
    const unused = builder.float('neg', [square], [1]);
    const cube = builder.float('mul', [square, x], [1]);
    expect(unused).toBeLessThan(cube);
    const program = builder.output('y', builder.float('add', [cube, square], [1])).build();
    expect(evaluateProgram(program, { x: tensor([3]) }).y?.data[0]).toBe(36);
  });

  it('does not write to its inputs', () => {
    const x = tensor([3, -1, 2]);
    const copy = x.data.slice();
    evaluateProgram(double, { 0: x, 1: x });
    expect(x.data).toEqual(copy);
  });

  it('rejects an input of another dtype and names it', () => {
    const error = caught(() =>
      evaluateProgram(double, { 0: tensor([1]), 1: tensor([1], [1], 'int32') }),
    );
    expect(error).toBeInstanceOf(DTypeError);
    expect(error).toMatchObject({
      code: 'DTYPE_INPUT',
      message: 'add › input "1": dtype must be float32, got int32.',
    });
  });

  it('rejects data that does not fill its shape', () => {
    const error = caught(() => evaluateProgram(double, { 0: tensor([1]), 1: tensor([1, 2], [1]) }));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error).toMatchObject({
      code: 'SHAPE_DATA_LENGTH',
      message: 'add › input "1": data must have 1 elements for shape [1], got 2.',
    });
  });

  it('rejects a missing input and sizes that contradict each other', () => {
    expect(() => evaluateProgram(double, { 0: tensor([1]) })).toThrow(DataError);
    expect(() => evaluateProgram(double, { 0: tensor([1]), 1: tensor([1, 2]) })).toThrow(
      ShapeError,
    );
  });

  it('refuses a random draw by name and says what to do', () => {
    const program = singleOperatorProgram(
      'randomUniform',
      [],
      { shape: [2], stream: 'noise', low: 0, high: 1 },
      { dtype: 'float32', shape: [2] },
    );
    const error = caught(() => evaluateProgram(program, {}));
    expect(error).toBeInstanceOf(UnsupportedOperatorError);
    expect(error).toMatchObject({
      code: 'OPERATOR_UNSUPPORTED',
      message:
        'randomUniform › randomUniform_1: the reference has no kernel for this operator, got "randomUniform".\nFix: prepare the program first, which turns random draws into inputs.',
    });
  });

  it('refuses an operator of a later version', () => {
    const program = singleOperatorProgram('neg', [vector], {}, vector);
    const [node] = program.nodes;
    const later = { ...program, nodes: [{ ...node, operator: 'toString' } as never as NodeV1] };
    expect(() => evaluateProgram(later, { 0: tensor([1]) })).toThrow(UnsupportedOperatorError);
  });
});

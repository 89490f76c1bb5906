import type { NodeV1, ProgramV1, ValueType } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { denseProgram, oddProgram } from '../../test/sample-programs.ts';
import { add, tensor, traceProgram } from '../index.ts';
import { verifyProgram } from './verify.ts';

const program = denseProgram();

function node(at: number): NodeV1 {
  const found = program.nodes[at];
  if (found === undefined) throw new RangeError(`no node ${at}`);
  return found;
}

const withNode = (at: number, change: object): Partial<ProgramV1> => ({
  nodes: program.nodes.with(at, { ...node(at), ...change } as NodeV1),
});

const withType = (id: number, change: Partial<ValueType>): Partial<ProgramV1> => ({
  values: program.values.map((type, at) => (at === id ? { ...type, ...change } : type)),
});

const withConstant = (change: object): Partial<ProgramV1> => ({
  constants: program.constants.map((item, at) =>
    at === 0 ? { ...item, tensor: { ...item.tensor, ...change } as typeof item.tensor } : item,
  ),
});

// Values of the program: 0 x, 1 kernel, 2 bias, 3 reshape, 4 matmul, 5 add, 6 relu, 7 bernoulli, 8 zero, 9 where,
// 10 reduceMean. Nodes: 0 reshape, 1 matmul, 2 add, 3 relu, 4 randomBernoulli, 5 where, 6 reduceMean.
describe(verifyProgram, () => {
  it('accepts what tracing makes', () => {
    verifyProgram(program);
    verifyProgram(oddProgram());
    verifyProgram(traceProgram('empty', {}, () => ({})));
  });

  it.each<[string, Partial<ProgramV1>, string, string, string]>([
    [
      'another version',
      { specificationVersion: 'v2' as 'v1' },
      'SpecificationVersionError',
      'VERSION_PROGRAM',
      'program "dense": the specification version is not known, got "v2".\nExpected "v1".\nFix: update the @etalon packages to a version that reads it.',
    ],
    [
      'no name',
      { name: undefined as unknown as string },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "undefined": the program has no name, got undefined.',
    ],
    [
      'an unknown operator',
      withNode(3, { operator: 'mish' }),
      'UnsupportedOperatorError',
      'OPERATOR_UNKNOWN',
      'dense_1 › relu: there is no operator "mish" in specification version v1.\nFix: update @etalon packages to a version that has it.',
    ],
    [
      'an operator with the name of an object property',
      withNode(3, { operator: 'constructor' }),
      'UnsupportedOperatorError',
      'OPERATOR_UNKNOWN',
      'dense_1 › relu: there is no operator "constructor" in specification version v1.\nFix: update @etalon packages to a version that has it.',
    ],
    [
      'a value defined twice by inputs',
      { inputs: [...program.inputs, { name: 'again', value: 0 }] },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": value %0 is defined twice, got input "again".',
    ],
    [
      'a value defined twice by nodes',
      withNode(3, { outputs: [5] }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": value %5 is defined twice, got dense_1 › relu.',
    ],
    [
      'a value without type',
      { inputs: [...program.inputs, { name: 'more', value: 11 }] },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": value %11 has no type, got input "more".',
    ],
    [
      'a type that nothing defines',
      { values: [...program.values, { dtype: 'float32', shape: [] }] },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": value %11 is defined by nothing.',
    ],
    [
      'a use before the definition',
      { nodes: [node(1), node(0), ...program.nodes.slice(2)] },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": dense_1 › matmul uses a value before its definition, got %3.',
    ],
    [
      'a use of no value',
      withNode(2, { inputs: [4, 99] }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": dense_1 › add uses a value before its definition, got %99.',
    ],
    [
      'too few operands',
      withNode(2, { inputs: [4] }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": dense_1 › add takes 2 operands, got 1.',
    ],
    [
      'too many operands',
      withNode(3, { inputs: [5, 5] }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": dense_1 › relu takes 1 operands, got 2.',
    ],
    [
      'no operands of a variadic operator',
      withNode(3, { operator: 'concat', inputs: [], attributes: { axis: 0 } }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": dense_1 › relu takes variadic operands, got 0.',
    ],
    [
      'no result',
      withNode(3, { outputs: [] }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": dense_1 › relu has one result, got 0.',
    ],
    [
      'what a type rule refuses',
      withNode(1, { inputs: [1, 3] }),
      'ShapeError',
      'SHAPE_MATMUL_INNER',
      'dense_1 › matmul: inner dimensions must match, got float32[4, 3] × float32[batch, 4].',
    ],
    [
      'another dtype than the rule gives',
      withType(9, { dtype: 'int32' }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": dropout_1 › where has the wrong type, got int32[batch, 3] where the operator gives float32[batch, 3].',
    ],
    [
      'another shape than the rule gives',
      withType(10, { shape: [1, 3] }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": reduceMean has the wrong type, got float32[1, 3] where the operator gives float32[3].',
    ],
    [
      'attributes of another operator',
      withNode(0, { attributes: {} }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": dense_1 › reshape has malformed attributes.',
    ],
    [
      'an unknown dtype',
      withType(0, { dtype: 'float64' as 'float32' }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": value %0 has no known dtype, got "float64".',
    ],
    [
      'a size that is none',
      withType(0, { shape: ['batch', -2, 2] }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": value %0: a size must be an integer of at least 0, got -2.',
    ],
    [
      'a constant of another shape',
      withConstant({ shape: [1, 3] }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": constant dense_1 › constant does not fit its type, got float32[1, 3] with 3 elements in Float32Array.',
    ],
    [
      'a constant of another dtype',
      withConstant({ dtype: 'int32', data: new Int32Array(3) }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": constant dense_1 › constant does not fit its type, got int32[3] with 3 elements in Int32Array.',
    ],
    [
      'a constant with too few elements',
      withConstant({ data: new Float32Array(2) }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": constant dense_1 › constant does not fit its type, got float32[3] with 2 elements in Float32Array.',
    ],
    [
      'a constant in another kind of array',
      withConstant({ data: new Float64Array(3) }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": constant dense_1 › constant does not fit its type, got float32[3] with 3 elements in Float64Array.',
    ],
    [
      'two inputs of one name',
      { inputs: program.inputs.map((input) => ({ ...input, name: 'x' })) },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": two inputs have one name, got "x".',
    ],
    [
      'two outputs of one name',
      { outputs: program.outputs.map((output) => ({ ...output, name: 'y' })) },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": two outputs have one name, got "y".',
    ],
    [
      'an output without name',
      { outputs: [{ name: '', value: 9 }] },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": an output has no name, got "".',
    ],
    [
      'an output that is not defined',
      { outputs: [{ name: 'y', value: 42 }] },
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": output "y" is not defined, got %42.',
    ],
    [
      'a path that is none',
      withNode(0, { path: 3 }),
      'ProgramError',
      'PROGRAM_INVALID',
      'program "dense": a path must be a text, got 3.',
    ],
  ])('refuses %s', (_, change, name, code, message) => {
    expect(caught(() => verifyProgram({ ...program, ...change }))).toMatchObject({
      name,
      code,
      message,
    });
  });

  it('refuses bools other than 0 and 1 in constants', () => {
    const odd = oddProgram();
    const constants = odd.constants.map((item) =>
      item.tensor.dtype === 'bool'
        ? { ...item, tensor: { ...item.tensor, data: Uint8Array.of(1, 2) } }
        : item,
    );
    expect(caught(() => verifyProgram({ ...odd, constants }))).toMatchObject({
      code: 'PROGRAM_INVALID',
    });
  });

  it.each<[string, object, string]>([
    [
      'in a shape',
      { operator: 'expand', attributes: { shape: ['time', 2] } },
      'size "time" is not an axis of any input',
    ],
    [
      'in an attribute',
      { operator: 'slice', attributes: { starts: ['time'], sizes: [2], strides: [1] } },
      'size "time" is not an axis of any input',
    ],
  ])('refuses a name that no input binds %s', (_, change, what) => {
    const traced = traceProgram('model', { x: tensor('float32', [2]) }, ({ x }) => ({
      y: add(x, x),
    }));
    const nodes = traced.nodes.map((each) => ({ ...each, inputs: [0], ...change }) as NodeV1);
    const shape = 'expand' in change || nodes[0]?.operator === 'expand' ? ['time', 2] : [2];
    const values: ValueType[] = [...traced.values.slice(0, 1), { dtype: 'float32', shape }];
    expect(caught(() => verifyProgram({ ...traced, nodes, values }))).toMatchObject({
      name: 'ProgramError',
      code: 'PROGRAM_UNBOUND_SIZE',
      message: `program "model" › add: ${what}, got bound sizes [].\nFix: give some input an axis of exactly this name.`,
    });
  });

  it('binds a name only by an axis of exactly this name', () => {
    const inputs = { x: tensor('float32', [{ terms: [{ coefficient: 2, factors: ['n'] }] }]) };
    expect(caught(() => traceProgram('model', inputs, ({ x }) => ({ x })))).toMatchObject({
      code: 'PROGRAM_UNBOUND_SIZE',
      message:
        'program "model" › input "x": size "n" is not an axis of any input, got bound sizes [].\nFix: give some input an axis of exactly this name.',
    });
  });
});

import { EtalonError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { denseProgram, loopProgram, oddProgram } from '../../test/sample-programs.ts';
import { hashProgram } from './hash.ts';
import { programFromJson, programToJson } from './json.ts';
import { printProgram } from './print.ts';

const text = programToJson(denseProgram());

describe(programToJson, () => {
  it.each([
    ['a program', denseProgram()],
    ['constants of every dtype and odd numbers', oddProgram()],
    ['bodies within bodies, with constants', loopProgram()],
  ])('writes %s so that it reads back equal', (_, program) => {
    const read = programFromJson(programToJson(program));
    expect(read).toStrictEqual(program);
    expect(printProgram(read)).toBe(printProgram(program));
    expect(hashProgram(read)).toBe(hashProgram(program));
  });

  it('keeps the bits of constants, NaN and -0 among them', () => {
    const program = oddProgram();
    const bytesOf = (each: typeof program) =>
      each.constants.map(({ tensor: { data } }) => [
        ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      ]);
    expect(bytesOf(programFromJson(programToJson(program)))).toEqual(bytesOf(program));
  });

  it('writes a view of a larger buffer as the view alone', () => {
    const program = denseProgram();
    const constants = program.constants.map((item) => {
      const { tensor } = item;
      if (tensor.dtype !== 'float32') return item;
      const larger = new Float32Array(tensor.data.length + 2);
      larger.set(tensor.data, 1);
      const data = larger.subarray(1, 1 + tensor.data.length);
      return { ...item, tensor: { ...tensor, data } };
    });
    expect(programToJson({ ...program, constants })).toBe(text);
  });
});

describe(programFromJson, () => {
  it('refuses the text cut off anywhere', () => {
    for (let length = 0; length < text.length; length++) {
      const error = caught(() => programFromJson(text.slice(0, length)));
      expect(error).toMatchObject({
        name: 'SerializationError',
        code: 'PROGRAM_JSON_CORRUPT',
        message:
          'programFromJson: the text is not a program, it is not JSON.\nExpected the result of programToJson().',
      });
    }
  });

  it.each([
    'null',
    '5',
    '"program"',
    '[]',
    '{}',
    '{"specificationVersion":"v1"}',
    '{"specificationVersion":"v1","name":"x","values":[],"inputs":[],"constants":[],"nodes":[]}',
  ])('refuses %s, which lacks parts', (json) => {
    const error = caught(() => programFromJson(json));
    expect(error).toMatchObject({
      name: 'SerializationError',
      code: 'PROGRAM_JSON_CORRUPT',
      message:
        'programFromJson: the text is not a program, it lacks a part of a program.\nExpected the result of programToJson().',
    });
    expect((error as Error).cause).toBeInstanceOf(TypeError);
  });

  it('refuses every part taken away, with an error of Etalon', () => {
    const { constants, nodes, ...rest } = JSON.parse(text);
    const broken: unknown[] = [];
    for (const key of Object.keys({ constants, nodes, ...rest })) {
      const { [key]: _, ...others } = JSON.parse(text);
      broken.push(others);
    }
    for (const [at, node] of nodes.entries()) {
      for (const key of ['operator', 'inputs', 'outputs', 'attributes', 'path']) {
        const { [key]: _, ...others } = node;
        broken.push({ constants, nodes: nodes.with(at, others), ...rest });
      }
      for (const attribute of Object.keys(node.attributes)) {
        const { [attribute]: _, ...attributes } = node.attributes;
        broken.push({ constants, nodes: nodes.with(at, { ...node, attributes }), ...rest });
      }
    }
    for (const program of broken) {
      const error = caught(() => programFromJson(JSON.stringify(program)));
      expect(EtalonError.isInstance(error), String(error)).toBe(true);
    }
  });

  it.each<[string, string, string, string]>([
    ['"v1"', '"v2"', 'SpecificationVersionError', 'VERSION_PROGRAM'],
    ['"relu"', '"mish"', 'UnsupportedOperatorError', 'OPERATOR_UNKNOWN'],
    ['"relu"', '"toString"', 'UnsupportedOperatorError', 'OPERATOR_UNKNOWN'],
    ['"axes":[0]', '"axes":[7]', 'AttributeError', 'ATTRIBUTE_AXIS'],
    ['"dtype":"bool"', '"dtype":"float64"', 'ProgramError', 'PROGRAM_INVALID'],
    ['"shape":[4,3]', '"shape":[4,-3]', 'ProgramError', 'PROGRAM_INVALID'],
    [
      '"data":"AAAAPwAAAL8AAAAA"',
      '"data":"AAAAPwAAAL8AAAA"',
      'SerializationError',
      'BASE64_INVALID',
    ],
    ['"data":"AAAAPwAAAL8AAAAA"', '"data":"AAAA"', 'SerializationError', 'PROGRAM_JSON_CORRUPT'],
    ['"data":"AAAAPwAAAL8AAAAA"', '"data":"AAAAPwAAAL8="', 'ProgramError', 'PROGRAM_INVALID'],
  ])('refuses %s turned into %s', (from, to, name, code) => {
    expect(text).toContain(from);
    expect(caught(() => programFromJson(text.replaceAll(from, to)))).toMatchObject({ name, code });
  });
});

describe('bodies', () => {
  const loop = programToJson(loopProgram());

  it('hold constants as the program does', () => {
    expect(JSON.parse(loop).nodes[0].attributes.body.constants[1].tensor).toEqual({
      dtype: 'float32',
      shape: [3],
      data: 'AACAPwAAAEAAAEBA',
    });
  });

  const inBody = (change: (body: Record<string, unknown>) => void): string => {
    const program = JSON.parse(loop);
    change(program.nodes[0].attributes.body);
    return JSON.stringify(program);
  };

  it.each<[string, string, string, string]>([
    [
      'of another version',
      inBody((body) => Object.assign(body, { specificationVersion: 'v2', nodes: 0 })),
      'VERSION_PROGRAM',
      'program "scan": the specification version is not known, got "v2".\nExpected "v1".\nFix: update the @etalon packages to a version that reads it.',
    ],
    [
      'with an unknown operator',
      inBody((body) =>
        Object.assign(body, {
          nodes: [{ operator: 'mish', inputs: [], outputs: [], attributes: {}, path: 'a' }],
        }),
      ),
      'OPERATOR_UNKNOWN',
      'epoch › scan: a: there is no operator "mish" in specification version v1.\nFix: update @etalon packages to a version that has it.',
    ],
    [
      'with a size that nothing binds',
      loop.replaceAll('"batch"', '"others"').replace('"others"', '"batch"'),
      'SCAN_BODY',
      'epoch › scan: input "stacked/0" of the body has the wrong type, got int32[others].\nExpected int32[batch].',
    ],
    [
      'without nodes',
      inBody((body) => Object.assign(body, { nodes: undefined })),
      'PROGRAM_JSON_CORRUPT',
      'programFromJson: the text is not a program, it lacks a part of a program.\nExpected the result of programToJson().',
    ],
  ])('%s are refused', (_, json, code, message) => {
    expect(caught(() => programFromJson(json))).toMatchObject({ code, message });
  });
});

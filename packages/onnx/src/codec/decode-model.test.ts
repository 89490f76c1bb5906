import { create } from '@bufbuild/protobuf';
import { EtalonError } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { caught } from '../../test/support/caught.ts';
import { goldenBytes } from '../../test/support/goldens.ts';
import type { GraphProto, ModelProto } from '../schema/onnx-pb.ts';
import { ModelProtoSchema } from '../schema/onnx-pb.ts';
import { graphAttribute } from './attributes.ts';
import { decodeModel } from './decode-model.ts';
import { encodeModel } from './encode-model.ts';
import { createGraph, createNode } from './model-builder.ts';

const ADVICE = [
  'Expected the bytes of an ONNX file: a serialized ModelProto with a graph.',
  'Fix: export or download the file again; an .onnx file holds one binary protobuf message.',
];

/** Decodes, or returns the code of the SerializationError; anything else fails the test. */
function outcome(bytes: Uint8Array): string | ModelProto {
  try {
    return decodeModel(bytes);
  } catch (error) {
    if (EtalonError.isInstance(error) && error.name === 'SerializationError') {
      return error.code;
    }
    throw error;
  }
}

function nested(levels: number): GraphProto {
  const node = createNode({
    opType: 'If',
    inputs: [],
    outputs: [],
    attributes: levels === 0 ? [] : [graphAttribute('then_branch', nested(levels - 1))],
  });
  return createGraph({ name: `level ${levels}`, nodes: [node], inputs: [], outputs: [] });
}

describe('decodeModel', () => {
  it('refuses an empty file', () => {
    const error = caught(() => decodeModel(new Uint8Array(0), { where: 'digits.onnx' }));
    expect(error.code).toBe('ONNX_CORRUPT');
    expect(error.message.split('\n')).toEqual([
      'digits.onnx: there is no ONNX model, got 0 bytes.',
      ...ADVICE,
    ]);
  });

  it('tells where a truncated file ends too early', () => {
    const error = caught(() => decodeModel(goldenBytes('dense').subarray(0, 700)));
    expect(error.code).toBe('ONNX_CORRUPT');
    expect(error.message.split('\n')).toEqual([
      'decodeModel: not an ONNX model, or a damaged one (byte 31, graph): ' +
        'a length of 876 bytes is announced, got 666.',
      ...ADVICE,
    ]);
    expect(error.details).toEqual({ bytes: 700, offset: 31, path: 'graph' });
  });

  it('refuses a message without a graph', () => {
    const bytes = encodeModel(create(ModelProtoSchema, { irVersion: 8n }));
    const error = caught(() => decodeModel(bytes, { where: 'digits.onnx' }));
    expect(error.code).toBe('ONNX_NO_GRAPH');
    expect(error.message.split('\n')).toEqual([
      'digits.onnx: the model has no graph, got 2 bytes without one.',
      ...ADVICE,
    ]);
  });

  it('refuses bytes above the limit of protobuf', () => {
    const bytes = Object.defineProperty(new Uint8Array(1), 'length', { value: 2 ** 31 });
    const error = caught(() => decodeModel(bytes));
    expect(error.code).toBe('ONNX_TOO_LARGE');
    expect(error.message).toContain('got 2147483648 of them.');
  });

  it.each([
    ['JSON', new TextEncoder().encode('{"modelTopology": {}}')],
    ['HTML', new TextEncoder().encode('<!doctype html><title>404</title>')],
    ['a Git LFS pointer', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1')],
    ['PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 75, 76, 4, 0)],
    ['zip', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0)],
    ['zeros', new Uint8Array(64)],
    ['safetensors', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d)],
  ])('refuses %s', (_, bytes) => {
    expect(outcome(bytes)).toBe('ONNX_CORRUPT');
  });

  it('gives every truncation an error, or a model that is whole up to there', () => {
    const bytes = goldenBytes('control-flow');
    const whole = decodeModel(bytes);
    const accepted = [];
    for (let length = 0; length < bytes.length; length += 1) {
      const result = outcome(bytes.subarray(0, length));
      if (typeof result !== 'string') {
        accepted.push(length);
        expect(result.graph).toEqual(whole.graph);
      }
    }
    // The file ends with opset_import, which is all that a well-formed prefix can lack.
    expect(accepted).toEqual([bytes.length - 6]);
  });

  it('gives every damaged byte an error or a model, and notices damaged lengths', () => {
    const bytes = goldenBytes('control-flow');
    let errors = 0;
    for (const mask of [0x01, 0x04, 0x80, 0xff]) {
      for (const [index, byte] of bytes.entries()) {
        const damaged = bytes.slice();
        damaged[index] = byte ^ mask;
        errors += typeof outcome(damaged) === 'string' ? 1 : 0;
      }
    }
    expect(errors).toBeGreaterThan(bytes.length);
  });

  it('gives random bytes an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        // A graph by chance would need the tag 58 and a fitting length.
        fc.pre(!bytes.includes(58));
        expect(outcome(bytes)).toMatch(/^ONNX_(CORRUPT|NO_GRAPH)$/);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('gives a random graph field an error or a model', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (content) => {
        const result = outcome(Uint8Array.of(58, content.length, ...content));
        expect(typeof result === 'string' ? result : 'ONNX_CORRUPT').toBe('ONNX_CORRUPT');
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  it('reads subgraphs in subgraphs, up to a depth that cannot exhaust the stack', () => {
    const deep = (levels: number) =>
      encodeModel(create(ModelProtoSchema, { graph: nested(levels) }));
    expect(outcome(deep(32))).toEqual(create(ModelProtoSchema, { graph: nested(32) }));
    const error = caught(() => decodeModel(deep(33)));
    expect(error.code).toBe('ONNX_CORRUPT');
    expect(error.message).toContain('messages are nested too deeply, got more than 100');
  });

  it('wraps what only the protobuf library notices', () => {
    // graph.initializer.int32_data: one packed integer of eleven bytes.
    const integer = [...new Array<number>(10).fill(0x80), 0];
    const tensor = [0x2a, integer.length, ...integer];
    const graph = [0x2a, tensor.length, ...tensor];
    const error = caught(() => decodeModel(Uint8Array.of(0x3a, graph.length, ...graph)));
    expect(error.code).toBe('ONNX_CORRUPT');
    expect(error.message).toContain('protobuf cannot read the ONNX model, got 17 bytes.');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('gives raw data as views of the bytes', () => {
    const bytes = goldenBytes('dense');
    const raw = decodeModel(bytes).graph?.initializer[0]?.rawData;
    expect(raw?.buffer).toBe(bytes.buffer);
    expect(raw).toHaveLength(48);
  });
});

import { clone, create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { arbitraryModel } from '../../test/support/arbitrary-message.ts';
import { buildDense } from '../../test/support/built-models.ts';
import { caught } from '../../test/support/caught.ts';
import { goldenBytes } from '../../test/support/goldens.ts';
import { hex } from '../../test/support/hex.ts';
import type { ModelProto } from '../schema/onnx-pb.ts';
import { ModelProtoSchema } from '../schema/onnx-pb.ts';
import { graphAttribute, tensorAttribute } from './attributes.ts';
import { createTensor } from './create-tensor.ts';
import { decodeModel } from './decode-model.ts';
import { encodeModel } from './encode-model.ts';
import { createGraph, createModel, createNode } from './model-builder.ts';

function modelWith(...initializers: ReturnType<typeof createTensor>[]): ModelProto {
  const graph = createGraph({ name: 'g', nodes: [], inputs: [], outputs: [], initializers });
  return createModel({ irVersion: 8, opsets: { '': 18 }, graph });
}

describe('encodeModel', () => {
  it('writes the same bytes as the protobuf library, whatever the model', () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        expect(hex(encodeModel(model))).toBe(hex(toBinary(ModelProtoSchema, model)));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('is inverted by decodeModel', () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        expect(decodeModel(encodeModel(model))).toEqual(model);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('gives equal models equal bytes, and the same model the same bytes twice', () => {
    const model = buildDense();
    const bytes = encodeModel(model);
    expect(encodeModel(model)).toEqual(bytes);
    expect(encodeModel(clone(ModelProtoSchema, model))).toEqual(bytes);
    expect(encodeModel(buildDense())).toEqual(bytes);
  });

  it('writes large tensors at every depth as the library does', () => {
    const data = Float32Array.from({ length: 100_003 }, (_, i) => i);
    const tensor = (name: string) =>
      createTensor({ name, dtype: 'float32', dims: [data.length], data });
    const constant = createNode({
      opType: 'Constant',
      inputs: [],
      outputs: ['c'],
      attributes: [tensorAttribute('value', tensor(''))],
    });
    const body = createGraph({
      name: 'body',
      nodes: [constant, constant],
      inputs: [],
      outputs: [],
      initializers: [tensor('inner')],
    });
    const loop = createNode({
      opType: 'Loop',
      inputs: [],
      outputs: [],
      attributes: [graphAttribute('body', body)],
    });
    const model = modelWith(tensor('a'), tensor('b'));
    model.graph?.node.push(loop);
    expect(hex(encodeModel(model))).toBe(hex(toBinary(ModelProtoSchema, model)));
  });

  it('returns bytes that later changes of the model do not reach', () => {
    const data = new Float32Array(5000);
    const model = modelWith(createTensor({ name: 'w', dtype: 'float32', dims: [5000], data }));
    const bytes = encodeModel(model);
    const before = bytes.slice();
    data.fill(1);
    expect(bytes).toEqual(before);
    expect(encodeModel(model)).not.toEqual(before);
  });

  it('keeps the fields of newer ONNX versions that decodeModel met', () => {
    const dense = goldenBytes('dense');
    // Field 99 as the varint 150, and field 98 as two bytes.
    const bytes = Uint8Array.of(...dense, 0x98, 0x06, 0x96, 0x01, 0x92, 0x06, 2, 7, 9);
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
  });

  it('refuses a model above the limit of protobuf before it allocates the result', () => {
    const shared = new Float32Array(2 ** 24);
    const dims = [shared.length];
    const weights = Array.from({ length: 33 }, (_, i) =>
      createTensor({ name: `w${i}`, dtype: 'float32', dims, data: shared }),
    );
    const error = caught(() => encodeModel(modelWith(...weights)));
    const { bytes, limit } = error.details;
    expect(error.code).toBe('ONNX_TOO_LARGE');
    expect(limit).toBe(2 ** 31 - 1);
    expect(bytes).toBeGreaterThan(33 * 2 ** 26);
    expect(bytes).toBeLessThan(33 * 2 ** 26 + 1000);
    expect(error.message.split('\n')).toEqual([
      `encodeModel: the model does not fit in one ONNX file, got ${bytes} bytes.`,
      'Expected at most 2147483647 bytes, the limit of protobuf.',
      'Fix: keep large weights out of the graph as inputs, or split the model.',
    ]);
  });

  it.each([
    ['a string that is not well-formed', { producerName: '\ud800' }, 'producer_name', 'string'],
    ['an integer beyond 64 bits', { irVersion: 2n ** 63n }, 'ir_version', 'int64'],
  ])('refuses %s', (_, init, field, type) => {
    const error = caught(() => encodeModel(create(ModelProtoSchema, init)));
    expect(error.code).toBe('ONNX_VALUE');
    expect(error.message).toContain(`onnx.ModelProto.${field}: the value does not fit the field`);
    expect(error.message).toContain(`Expected a value of protobuf type ${type}.`);
  });

  it.each([
    ['float_data', { floatData: [1e39] }],
    ['int32_data', { int32Data: [1.5] }],
    ['uint64_data', { uint64Data: [-1n] }],
    ['data_location', { dataLocation: 0.5 as 0 }],
  ])('refuses a tensor whose %s its type cannot hold', (field, init) => {
    const model = create(ModelProtoSchema, { graph: { initializer: [init] } });
    const error = caught(() => encodeModel(model));
    expect(error.code).toBe('ONNX_VALUE');
    expect(error.details.field).toBe(`onnx.TensorProto.${field}`);
  });
});

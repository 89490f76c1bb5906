import { isFieldSet } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';

import { ModelProtoSchema, NodeProtoSchema } from '../schema/onnx-pb.ts';
import { createGraph, createModel, createNode, createValueInfo } from './model-builder.ts';

const graph = createGraph({ name: 'g', nodes: [], inputs: [], outputs: [] });

describe('createValueInfo', () => {
  it('tells a size, a name, an unknown size and an unknown rank apart', () => {
    const typeOf = (dims?: readonly (number | string | null)[]) => {
      const init = { name: 'x', dtype: 'int32' as const };
      const info = createValueInfo(dims === undefined ? init : { ...init, dims });
      return info.type?.value.case === 'tensorType' ? info.type.value.value : undefined;
    };
    expect(typeOf([3, 'batch', null])?.shape?.dim.map(({ value }) => value)).toEqual([
      { case: 'dimValue', value: 3n },
      { case: 'dimParam', value: 'batch' },
      { case: undefined },
    ]);
    expect(typeOf([])?.shape?.dim).toEqual([]);
    expect(typeOf()?.shape).toBeUndefined();
  });
});

describe('createNode', () => {
  it('leaves unset what is left out', () => {
    const node = createNode({ opType: 'Relu', inputs: ['x'], outputs: ['y'] });
    const set = NodeProtoSchema.fields.filter((field) => isFieldSet(node, field));
    expect(set.map(({ name }) => name)).toEqual(['input', 'output', 'op_type']);
  });

  it('takes a domain and does not keep the lists it was given', () => {
    const inputs = ['x'];
    const node = createNode({ opType: 'Fused', domain: 'com.example', inputs, outputs: [] });
    inputs.push('y');
    expect([node.domain, node.input]).toEqual(['com.example', ['x']]);
  });
});

describe('createModel', () => {
  it('names etalon as the producer unless told otherwise', () => {
    const init = { irVersion: 8, opsets: { '': 18, 'ai.onnx.ml': 3 }, graph };
    const model = createModel(init);
    expect([model.irVersion, model.producerName]).toEqual([8n, 'etalon']);
    expect(isFieldSet(model, ModelProtoSchema.field.producerVersion)).toBe(false);
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ['', 18n],
      ['ai.onnx.ml', 3n],
    ]);
    expect(createModel({ ...init, producerName: 'other' }).producerName).toBe('other');
  });
});

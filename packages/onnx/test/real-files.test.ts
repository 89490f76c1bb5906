import { createHash } from 'node:crypto';
import { toJson } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';

import { encodeModel } from '../src/codec/encode-model.ts';
import { readTensor } from '../src/codec/read-tensor.ts';
import { ModelProtoSchema } from '../src/schema/onnx-pb.ts';
import { buildControlFlow, buildDense } from './support/built-models.ts';
import { goldenBytes, goldenModel, goldenNames, goldens } from './support/goldens.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.each(goldenNames)('%s.onnx', (name) => {
  it('is the file that the recorded versions wrote and checked', () => {
    const { sha256: recorded, checkedByOnnx } = goldens.files[name];
    expect(sha256(goldenBytes(name))).toBe(recorded);
    expect(checkedByOnnx).toBe(name !== 'every-field');
    expect(goldens.versions.onnx).toMatch(/^1\./);
  });

  it('decodes to the content that the Python package reports, field by field', () => {
    const json = toJson(ModelProtoSchema, goldenModel(name));
    expect(json).toEqual(goldens.files[name].content);
  });

  it('is encoded to the same bytes as the Python package wrote', () => {
    expect(sha256(encodeModel(goldenModel(name)))).toBe(goldens.files[name].sha256);
  });
});

describe('built models', () => {
  it('are byte for byte the files that the official checker accepted', () => {
    expect(sha256(encodeModel(buildDense()))).toBe(goldens.files.dense.sha256);
    expect(sha256(encodeModel(buildControlFlow()))).toBe(goldens.files['control-flow'].sha256);
  });
});

describe('decodeModel on real files', () => {
  it('gives names, named dimensions, metadata and subgraphs their places', () => {
    const dense = goldenModel('dense');
    expect(dense.irVersion).toBe(8n);
    expect(dense.producerName).toBe('etalon');
    expect(dense.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 18n]]);
    expect(dense.metadataProps.map(({ key, value }) => [key, value])).toContainEqual([
      'ключ',
      'значение',
    ]);
    const type = dense.graph?.input[0]?.type?.value;
    const dims = type?.case === 'tensorType' ? (type.value.shape?.dim ?? []) : [];
    expect(dims.map((dim) => dim.value)).toEqual([
      { case: 'dimParam', value: 'batch' },
      { case: 'dimValue', value: 4n },
    ]);

    const loop = goldenModel('control-flow').graph?.node[0];
    const body = loop?.attribute[0]?.g;
    expect(loop?.opType).toBe('Loop');
    expect(body?.node.map(({ opType }) => opType)).toEqual(['Less', 'If', 'Identity', 'Identity']);
    expect(body?.node[1]?.attribute.map(({ name, g }) => [name, g?.node[0]?.opType])).toEqual([
      ['else_branch', 'Sub'],
      ['then_branch', 'Add'],
    ]);
  });

  it('reads every number type of whole bytes as NumPy does, from raw_data and from lists', () => {
    const elements = goldens.files['tensor-types'].elements ?? {};
    const refused = new Set<string>();
    for (const tensor of goldenModel('tensor-types').graph?.initializer ?? []) {
      const type = tensor.name.replace(/\..*/, '');
      if (/^(STRING|COMPLEX|FLOAT8|FLOAT4|U?INT[24]$)/.test(type)) {
        refused.add(type);
        expect(() => readTensor(tensor)).toThrow(`the element type cannot be read, got ${type}.`);
        continue;
      }
      const { data } = readTensor(tensor);
      const text = Array.from<number | bigint, string>(data, (value) =>
        Object.is(value, -0) ? '-0' : String(value),
      );
      expect(text, tensor.name).toEqual(elements[tensor.name]?.map(canonical));
    }
    expect(refused.size).toBe(13);
  });
});

/** Turns NumPy's text of a number into JavaScript's; integers are kept, they may have 64 bits. */
function canonical(text: string): string {
  if (/^-?\d+$/.test(text)) {
    return text;
  }
  const number = Number(text.replace('inf', 'Infinity'));
  return Object.is(number, -0) ? '-0' : String(number);
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { describe, expect, it } from 'vitest';

import {
  AttributeProto_AttributeType,
  file_onnx,
  OperatorStatus,
  TensorProto_DataLocation,
  TensorProto_DataType,
  Version,
} from '../src/schema/onnx-pb.ts';
import { goldens } from './support/goldens.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url));

function describeField(field: DescField): [number, string, boolean, boolean] {
  const kind =
    field.message !== undefined
      ? 'message'
      : field.enum !== undefined
        ? 'enum'
        : (ScalarType[field.scalar ?? 0] ?? '').toLowerCase();
  const packed = field.fieldKind === 'list' && field.packed;
  return [field.number, kind, field.fieldKind === 'list', packed];
}

describe('onnx schema', () => {
  it('has the fields of the official Python package, by number, type and packing', () => {
    const messages: DescMessage[] = [];
    for (const type of nestedTypes(file_onnx)) {
      if (type.kind === 'message') {
        messages.push(type);
      }
    }
    const ours = Object.fromEntries(
      messages.map((message) => [
        message.typeName,
        Object.fromEntries(message.fields.map((field) => [field.name, describeField(field)])),
      ]),
    );
    expect(ours).toEqual(goldens.schema.messages);
  });

  it('has the enum values of the official Python package', () => {
    expect({
      'onnx.AttributeProto.AttributeType': AttributeProto_AttributeType,
      'onnx.TensorProto.DataType': TensorProto_DataType,
      'onnx.TensorProto.DataLocation': TensorProto_DataLocation,
      'onnx.Version': Version,
      'onnx.OperatorStatus': OperatorStatus,
    }).toEqual(goldens.schema.enums);
  });

  it('was generated from the committed onnx.proto', () => {
    const proto = read('../../../tools/onnx-schema/onnx.proto');
    const hash = createHash('sha256').update(proto).digest('hex');
    expect(read('../src/schema/onnx-pb.ts').toString()).toContain(`onnx.proto, sha256 ${hash}.`);
  });
});

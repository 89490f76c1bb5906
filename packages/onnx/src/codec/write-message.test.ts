import { create } from '@bufbuild/protobuf';
import { BoolValueSchema } from '@bufbuild/protobuf/wkt';
import { InternalError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';

import { NodeProtoSchema } from '../schema/onnx-pb.ts';
import { ReverseWriter } from './reverse-writer.ts';
import { writeMessage } from './write-message.ts';

function bytesOf(fields: Parameters<typeof create<typeof NodeProtoSchema>>[1]): Uint8Array {
  const writer = new ReverseWriter();
  writeMessage(writer, NodeProtoSchema, create(NodeProtoSchema, fields));
  return writer.finish();
}

describe('writeMessage', () => {
  it('writes fields in ascending order of number, lists in their own order', () => {
    const bytes = bytesOf({ domain: 'd', opType: 'o', output: ['y', 'z'], input: ['x'] });
    const text = (number: number, letter: string) => [number * 8 + 2, 1, letter.charCodeAt(0)];
    expect(Array.from(bytes)).toEqual([
      ...text(1, 'x'),
      ...text(2, 'y'),
      ...text(2, 'z'),
      ...text(4, 'o'),
      ...text(7, 'd'),
    ]);
  });

  it('writes a field that is set to its default, and none that is unset', () => {
    expect(Array.from(bytesOf({ domain: '' }))).toEqual([7 * 8 + 2, 0]);
    expect(Array.from(bytesOf({}))).toEqual([]);
  });

  it('names a type that ONNX does not use as a bug of this package', () => {
    const message = create(BoolValueSchema, { value: true });
    expect(() => writeMessage(new ReverseWriter(), BoolValueSchema, message)).toThrow(
      InternalError,
    );
  });
});

import { describe, expect, it } from 'vitest';

import { goldenBytes, goldenNames } from '../../test/support/goldens.ts';
import { ModelProtoSchema } from '../schema/onnx-pb.ts';
import { findWireFault } from './find-wire-fault.ts';

const fault = (...bytes: number[]) => findWireFault(ModelProtoSchema, Uint8Array.from(bytes));

describe('findWireFault', () => {
  it.each(goldenNames)('finds none in %s.onnx', (name) => {
    expect(findWireFault(ModelProtoSchema, goldenBytes(name))).toBeUndefined();
  });

  it('finds a tag that is cut short, names no field, or is too large', () => {
    const problem = 'a field does not start with a valid tag';
    expect(fault(8, 1, 0x80)).toEqual({ offset: 2, path: '', problem });
    expect(fault(0)).toEqual({ offset: 0, path: '', problem });
    expect(fault(0x80, 0x80, 0x80, 0x80, 0x10)).toEqual({ offset: 0, path: '', problem });
  });

  it('finds a field of another wire type', () => {
    expect(fault(0x38, 1)).toEqual({
      offset: 0,
      path: 'graph',
      problem: 'the field has the wrong wire type, got 0 instead of 2',
    });
    // graph.initializer.raw_data as a 32-bit number.
    expect(fault(0x3a, 7, 0x2a, 5, 0x4d, 0, 0, 0, 0)?.path).toBe('graph.initializer.raw_data');
  });

  it('finds a nested message that runs over the end of its parent', () => {
    // A graph of 4 bytes whose node announces 5, although the file goes on.
    expect(fault(0x3a, 4, 0x0a, 5, 0x0a, 0, 0x0a, 0, 0x0a, 0)).toEqual({
      offset: 2,
      path: 'graph.node',
      problem: 'a length of 5 bytes is announced, got 2',
    });
  });

  it('finds integers, numbers and lengths that are cut short', () => {
    expect(fault(8, 0x80)?.problem).toBe('an integer is cut short');
    expect(fault(8, ...new Array<number>(10).fill(0x80), 0)?.problem).toBe(
      'an integer is cut short',
    );
    expect(fault(0x3a, 0x80)?.problem).toBe('a length is cut short');
    // graph.node.attribute.f with two of four bytes.
    expect(fault(0x3a, 7, 0x0a, 5, 0x2a, 3, 0x15, 0, 0)?.problem).toBe('a number is cut short');
    // Field 200, unknown, as a 64-bit number of one byte.
    expect(fault(0xc1, 0x0c, 1)?.problem).toBe('a number is cut short');
  });

  it('finds packed lists that end inside an element', () => {
    const inTensor = (...content: number[]) =>
      fault(0x3a, content.length + 2, 0x2a, content.length, ...content);
    expect(inTensor(0x22, 3, 0, 0, 0)).toEqual({
      offset: 4,
      path: 'graph.initializer.float_data',
      problem: 'a packed list does not end with an element, got 3 bytes',
    });
    expect(inTensor(0x52, 4, 0, 0, 0, 0)?.path).toBe('graph.initializer.double_data');
    expect(inTensor(0x3a, 1, 0x80)?.path).toBe('graph.initializer.int64_data');
  });

  it('accepts lists of numbers packed and unpacked', () => {
    // graph.initializer.dims is written unpacked, float_data packed; here it is the reverse.
    expect(fault(0x3a, 11, 0x2a, 9, 0x0a, 2, 1, 2, 0x25, 0, 0, 0, 0)).toBeUndefined();
  });

  it('accepts fields that the schema does not know, but no groups', () => {
    expect(fault(0xc0, 0x0c, 1, 0xc2, 0x0c, 1, 0)).toBeUndefined();
    expect(fault(0xc3, 0x0c, 0xc4, 0x0c)?.problem).toBe('the wire type is unknown to ONNX, got 3');
    expect(fault(0xc6, 0x0c)?.problem).toBe('the wire type is unknown to ONNX, got 6');
  });
});

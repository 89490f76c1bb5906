import { describe, expect, it } from 'vitest';

import { caught } from '../../test/support/caught.ts';
import { AttributeProto_AttributeType as AttributeType } from '../schema/onnx-pb.ts';
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from './attributes.ts';

describe('attributes', () => {
  it('carry the type that says which field is in use', () => {
    expect(intAttribute('axis', -1)).toMatchObject({ type: AttributeType.INT, i: -1n });
    expect(intsAttribute('perm', [1, 0n])).toMatchObject({
      type: AttributeType.INTS,
      ints: [1n, 0n],
    });
    expect(floatsAttribute('scales', [])).toMatchObject({ type: AttributeType.FLOATS, floats: [] });
    expect(stringAttribute('mode', 'ü')).toMatchObject({
      type: AttributeType.STRING,
      s: Uint8Array.of(0xc3, 0xbc),
    });
  });

  it('round floats to float32, infinities and NaN included', () => {
    expect(floatAttribute('alpha', 0.1).f).toBe(0.10000000149011612);
    expect(floatsAttribute('a', [-Infinity, Number.NaN, -0]).floats).toEqual([
      -Infinity,
      Number.NaN,
      -0,
    ]);
  });

  it('refuse numbers that the field cannot hold', () => {
    const error = caught(() => intAttribute('axis', 0.5));
    expect(error.code).toBe('ONNX_VALUE');
    expect(error.message).toBe('attribute "axis": the value is not a safe integer, got 0.5.');
    expect(caught(() => intsAttribute('pads', [0, 2 ** 53])).code).toBe('ONNX_VALUE');
    expect(caught(() => floatAttribute('alpha', 1e39)).message).toBe(
      'attribute "alpha": the value is too large for float32, got 1e+39.',
    );
  });
});

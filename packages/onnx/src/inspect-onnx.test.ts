import { readFileSync } from 'node:fs';
import { reshape, tensor, traceProgram } from '@etalon/compiler';
import { SerializationError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { encodeOnnx } from './encode-onnx.ts';
import { inspectOnnx } from './inspect-onnx.ts';
import { ONNX_IR_VERSION, ONNX_OPSET } from './lowering/opset.ts';

const program = traceProgram(
  'flat',
  { image: tensor('float32', ['batch', 4, 3]) },
  ({ image }) => ({
    rows: reshape(image, ['batch', 12]),
  }),
);

describe('inspectOnnx', () => {
  it('tells what an encoded program holds', () => {
    const described = inspectOnnx(encodeOnnx(program));
    expect(described).toMatchObject({
      irVersion: ONNX_IR_VERSION,
      opsets: { '': ONNX_OPSET },
      producer: 'etalon',
      inputs: [{ name: 'image', elementType: 'FLOAT', shape: ['batch', 4, 3] }],
      outputs: [{ name: 'rows', elementType: 'FLOAT', shape: ['batch', 12] }],
      operators: { Reshape: 1 },
    });
  });

  // The file was written by the Python package onnx: tools/goldens/onnx/make_models.py.
  it('counts the parameters and operators of a file from elsewhere', () => {
    const bytes = readFileSync(new URL('../test/fixtures/dense.onnx', import.meta.url));
    expect(inspectOnnx(bytes)).toMatchObject({
      inputs: [
        { name: 'x', elementType: 'FLOAT', shape: ['batch', 4] },
        { name: 'blocks', elementType: 'FLOAT', shape: ['batch', 4, undefined, undefined] },
      ],
      parameters: 15,
      operators: { Gemm: 1, Relu: 1, Constant: 2, ReduceSum: 1 },
    });
  });

  it('names the file and the damage of a truncated one', () => {
    const bytes = encodeOnnx(program);
    const read = () => inspectOnnx(bytes.subarray(0, bytes.length - 7), { where: 'digits.onnx' });
    expect(read).toThrow(SerializationError);
    expect(read).toThrow(/^digits\.onnx: not an ONNX model, or a damaged one/);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({ code: 'ONNX_CORRUPT' });
    }
  });
});

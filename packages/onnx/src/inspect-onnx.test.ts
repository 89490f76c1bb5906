import { readFileSync } from 'node:fs';
import { reshape, tensor, traceProgram } from '@etalon/compiler';
import { SerializationError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { graphAttribute } from './codec/attributes.ts';
import { encodeModel } from './codec/encode-model.ts';
import { createGraph, createModel, createNode } from './codec/model-builder.ts';
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
      nodes: [{ name: 'reshape', operator: 'Reshape' }],
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
      nodes: expect.arrayContaining([expect.objectContaining({ operator: 'Gemm' })]),
    });
  });

  it('lists the nodes of bodies after the node that has them', () => {
    const body = createGraph({
      name: 'body',
      nodes: [createNode({ opType: 'Identity', inputs: ['x'], outputs: ['y'], name: 'inner' })],
      inputs: [],
      outputs: [],
    });
    const loop = createNode({
      opType: 'Loop',
      inputs: [],
      outputs: ['z'],
      name: 'outer',
      attributes: [graphAttribute('body', body)],
    });
    const last = createNode({ opType: 'Neg', inputs: ['z'], outputs: ['w'], name: 'last' });
    const graph = createGraph({ name: 'loops', nodes: [loop, last], inputs: [], outputs: [] });
    const bytes = encodeModel(createModel({ graph, irVersion: 9, opsets: { '': 20 } }));
    expect(inspectOnnx(bytes)).toMatchObject({
      operators: { Loop: 1, Neg: 1 },
      nodes: [
        { name: 'outer', operator: 'Loop' },
        { name: 'inner', operator: 'Identity' },
        { name: 'last', operator: 'Neg' },
      ],
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

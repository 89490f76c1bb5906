import {
  floatAttribute,
  floatsAttribute,
  graphAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorAttribute,
} from '../../src/codec/attributes.ts';
import { createTensor } from '../../src/codec/create-tensor.ts';
import {
  createGraph,
  createModel,
  createNode,
  createValueInfo,
} from '../../src/codec/model-builder.ts';
import type { ModelProto } from '../../src/schema/onnx-pb.ts';

/** The model that make_models.py calls `dense`, by our builders. */
export function buildDense(): ModelProto {
  const kernel = Float32Array.from({ length: 12 }, (_, i) => (i - 5) / 4);
  const axes = createTensor({ name: '', dtype: 'int64', dims: [1], data: [1] });
  return createModel({
    irVersion: 8,
    opsets: { '': 18 },
    producerVersion: '0.0.0',
    docString: 'Golden model',
    metadata: { 'etalon.program': 'dense', author: '', ключ: 'значение' },
    graph: createGraph({
      name: 'dense',
      docString: 'Dense — ünïcode ✓',
      nodes: [
        createNode({
          opType: 'Gemm',
          name: 'dense_1 › gemm',
          inputs: ['x', 'dense_1/kernel', 'dense_1/bias'],
          outputs: ['dense_1/z'],
          attributes: [floatAttribute('alpha', 1.5), intAttribute('transB', 0)],
        }),
        createNode({
          opType: 'Relu',
          name: 'dense_1 › relu',
          inputs: ['dense_1/z'],
          outputs: ['dense_1/y'],
          docString: 'activation',
        }),
        createNode({
          opType: 'Constant',
          inputs: [],
          outputs: ['axes'],
          attributes: [tensorAttribute('value', axes)],
        }),
        createNode({
          opType: 'ReduceSum',
          name: 'sum',
          inputs: ['dense_1/y', 'axes'],
          outputs: ['sum'],
          attributes: [intAttribute('keepdims', 0)],
        }),
        createNode({
          opType: 'Transpose',
          name: 'transpose',
          inputs: ['dense_1/y'],
          outputs: ['y'],
          attributes: [intsAttribute('perm', [1, 0])],
        }),
        createNode({
          opType: 'Constant',
          inputs: [],
          outputs: ['scales'],
          attributes: [floatsAttribute('value_floats', [0.5, -1.5])],
        }),
        createNode({ opType: 'ConstantOfShape', inputs: ['axes'], outputs: ['zeros'] }),
        createNode({
          opType: 'Concat',
          inputs: ['scales', 'zeros'],
          outputs: ['extra'],
          attributes: [intAttribute('axis', 0)],
        }),
        createNode({
          opType: 'DepthToSpace',
          inputs: ['blocks'],
          outputs: ['space'],
          attributes: [intAttribute('blocksize', 2), stringAttribute('mode', 'CRD')],
        }),
      ],
      inputs: [
        createValueInfo({ name: 'x', dtype: 'float32', dims: ['batch', 4], docString: 'rows' }),
        createValueInfo({ name: 'blocks', dtype: 'float32', dims: ['batch', 4, null, null] }),
      ],
      outputs: [
        createValueInfo({ name: 'y', dtype: 'float32', dims: [3, 'batch'] }),
        createValueInfo({ name: 'sum', dtype: 'float32', dims: ['batch'] }),
        createValueInfo({ name: 'extra', dtype: 'float32', dims: [3] }),
        createValueInfo({ name: 'space', dtype: 'float32', dims: ['batch', 1, null, null] }),
      ],
      initializers: [
        createTensor({ name: 'dense_1/kernel', dtype: 'float32', dims: [4, 3], data: kernel }),
        createTensor({
          name: 'dense_1/bias',
          dtype: 'float32',
          dims: [3],
          data: [0.5, -0.25, 0.125],
        }),
      ],
      valueInfo: [
        createValueInfo({ name: 'dense_1/z', dtype: 'float32', dims: ['batch', 3] }),
        createValueInfo({ name: 'dense_1/y', dtype: 'float32' }),
      ],
    }),
  });
}

/** The model that make_models.py calls `control_flow`, by our builders. */
export function buildControlFlow(): ModelProto {
  const pair = (name: string) => createValueInfo({ name, dtype: 'float32', dims: [2] });
  const flag = (name: string) => createValueInfo({ name, dtype: 'bool', dims: [] });
  const branch = (name: string, opType: string, output: string) =>
    createGraph({
      name,
      nodes: [createNode({ opType, inputs: ['carried', 'increment'], outputs: [output] })],
      inputs: [],
      outputs: [pair(output)],
    });
  const body = createGraph({
    name: 'body',
    nodes: [
      createNode({ opType: 'Less', inputs: ['iteration', 'turn'], outputs: ['early'] }),
      createNode({
        opType: 'If',
        inputs: ['early'],
        outputs: ['next'],
        attributes: [
          graphAttribute('else_branch', branch('else', 'Sub', 'shrunk')),
          graphAttribute('then_branch', branch('then', 'Add', 'grown')),
        ],
      }),
      createNode({ opType: 'Identity', inputs: ['next'], outputs: ['stacked'] }),
      createNode({ opType: 'Identity', inputs: ['condition'], outputs: ['condition_out'] }),
    ],
    inputs: [
      createValueInfo({ name: 'iteration', dtype: 'int64', dims: [] }),
      flag('condition'),
      pair('carried'),
    ],
    outputs: [flag('condition_out'), pair('next'), pair('stacked')],
    initializers: [createTensor({ name: 'turn', dtype: 'int64', dims: [], data: [3n] })],
  });
  return createModel({
    irVersion: 8,
    opsets: { '': 18 },
    graph: createGraph({
      name: 'control_flow',
      nodes: [
        createNode({
          opType: 'Loop',
          name: 'scan_1',
          inputs: ['trips', 'go', 'start'],
          outputs: ['final', 'history'],
          attributes: [graphAttribute('body', body)],
        }),
      ],
      inputs: [pair('start'), createValueInfo({ name: 'trips', dtype: 'int64', dims: [] })],
      outputs: [
        pair('final'),
        createValueInfo({ name: 'history', dtype: 'float32', dims: ['time', 2] }),
      ],
      initializers: [
        createTensor({ name: 'increment', dtype: 'float32', dims: [2], data: [1, 0.5] }),
        createTensor({ name: 'go', dtype: 'bool', dims: [], data: [true] }),
      ],
    }),
  });
}

// The writer of @etalon/onnx without its lowering: the ways are written operator by operator.
import { encodeModel } from '../../packages/onnx/dist/codec/encode-model.js';
import {
  createGraph,
  createModel,
  createValueInfo,
} from '../../packages/onnx/dist/codec/model-builder.js';
import { GraphEmitter } from '../../packages/onnx/dist/lowering/graph-emitter.js';
import { ONNX_IR_VERSION, ONNX_OPSET } from '../../packages/onnx/dist/lowering/opset.js';

/** Starts a graph: `emit(opType, inputs, attributes)`, constants, and `finish`, which returns the bytes. */
export function writeGraph() {
  const emitter = new GraphEmitter();
  return {
    emit: (opType, inputs, attributes) => emitter.emit(opType, inputs, attributes),
    emitMany: (opType, inputs, labels, attributes) =>
      emitter.emitMany(opType, inputs, labels, attributes),
    float: (value) => emitter.float(value),
    int64s: (values) => emitter.int64s(values),
    floats: (dims, data) =>
      emitter.initializer(emitter.tensorNames.unique('floats'), dims, { dtype: 'float32', data }),
    finish(inputs, result) {
      emitter.emitNamed('Identity', [result], { node: 'y', tensor: 'y' });
      const graph = createGraph({
        name: 'way',
        nodes: emitter.nodes,
        initializers: emitter.initializers,
        inputs: Object.entries(inputs).map(([name, dims]) =>
          createValueInfo({ name, dtype: 'float32', dims }),
        ),
        outputs: [createValueInfo({ name: 'y', dtype: 'float32' })],
      });
      return encodeModel(
        createModel({ graph, irVersion: ONNX_IR_VERSION, opsets: { '': ONNX_OPSET } }),
      );
    },
  };
}

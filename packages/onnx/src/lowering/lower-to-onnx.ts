import type { ProgramV1, ValueId } from '@etalon/spec';
import { createGraph, createModel } from '../codec/model-builder.ts';
import type { ModelProto, ValueInfoProto } from '../schema/onnx-pb.ts';
import { declareValue } from './declare-value.ts';
import { GraphEmitter } from './graph-emitter.ts';
import type { OnnxNodeName } from './names.ts';
import { onnxNames } from './names.ts';
import { ONNX_IR_VERSION, ONNX_OPSET } from './opset.ts';
import type { LayoutPolicy } from './program-lowering.ts';
import { lowerNodes } from './program-lowering.ts';

/** Options of {@link encodeOnnx}. */
export interface OnnxOptions {
  /** Free-form entries of the model, such as a licence or a version; written in the order of the keys. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Returns a program as an ONNX model: the messages that `encodeOnnx` writes, see there.
 *
 * @throws {UnsupportedOperatorError} `OPERATOR_UNSUPPORTED` for random draws and unknown operators.
 */
export function lowerToOnnx(
  program: ProgramV1,
  options: OnnxOptions = {},
  layout: LayoutPolicy = 'onDemand',
): ModelProto {
  const { emitter, names } = lowerGraph(program, layout);
  return createModel({
    graph: createGraph({
      name: program.name,
      nodes: emitter.nodes,
      initializers: emitter.initializers,
      inputs: program.inputs.map(({ name, value }) => declare(program, value, name)),
      outputs: program.outputs.map(({ name, value }) =>
        declare(program, value, names.outputs[name] ?? name),
      ),
    }),
    irVersion: ONNX_IR_VERSION,
    opsets: { '': ONNX_OPSET },
    metadata: options.metadata ?? {},
  });
}

/**
 * Returns the nodes of a program, each loop followed by those of its body, with the names that they have in the model of
 * {@link encodeOnnx}. What a node is made of is named `name/OpType`.
 *
 * @throws {UnsupportedOperatorError} `OPERATOR_UNSUPPORTED` for random draws and unknown operators.
 */
export function onnxNodeNames(program: ProgramV1): readonly OnnxNodeName[] {
  return lowerGraph(program, 'onDemand').nodes;
}

function lowerGraph(program: ProgramV1, layout: LayoutPolicy) {
  const names = onnxNames(program);
  const emitter = new GraphEmitter();
  for (const name of [...Object.values(names.inputs), ...Object.values(names.outputs)]) {
    emitter.tensorNames.reserve(name);
  }
  return { emitter, names, nodes: lowerNodes(program, names, emitter, layout) };
}

function declare({ values }: ProgramV1, value: ValueId, name: string): ValueInfoProto {
  return declareValue(name, values[value] ?? { dtype: 'float32', shape: [] });
}

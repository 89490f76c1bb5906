import { encodeOnnx, onnxNames } from '@etalon/onnx';
import type { ProgramV1 } from '@etalon/spec';
import type { OnnxOutput, OnnxRuntime, OnnxSessionOptions } from './runtime.ts';

const program: ProgramV1 = {
  specificationVersion: 'v1',
  name: 'probe',
  values: [
    { dtype: 'float32', shape: [1] },
    { dtype: 'float32', shape: [1] },
  ],
  inputs: [{ name: 'x', value: 0 }],
  constants: [],
  nodes: [{ operator: 'neg', inputs: [0], outputs: [1], attributes: {}, path: 'neg' }],
  outputs: [{ name: 'y', value: 1 }],
};

/**
 * Runs one node, the negation of 1, in a session of its own.
 *
 * @param written - what the engine is given to write to; `undefined` where it returns tensors of its own.
 * @returns what the engine returned.
 */
export async function runProbe(
  runtime: OnnxRuntime,
  options: OnnxSessionOptions,
  written?: Float32Array,
): Promise<OnnxOutput | undefined> {
  const names = onnxNames(program);
  const output = names.outputs.y ?? 'y';
  const session = await runtime.InferenceSession.create(encodeOnnx(program), options);
  try {
    const x = new runtime.Tensor('float32', Float32Array.of(1), [1]);
    const y = written === undefined ? null : new runtime.Tensor('float32', written, [1]);
    const returned = await session.run({ [names.inputs.x ?? 'x']: x }, { [output]: y });
    return returned[output];
  } finally {
    await session.release();
  }
}

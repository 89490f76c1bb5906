import type {
  DType,
  HostTensor,
  NodeV1,
  OperatorName,
  ProgramInput,
  ProgramOutput,
  ProgramV1,
  Shape,
  ValueId,
  ValueType,
} from '@etalon/spec';

/** Adds parts to a program and returns the ids of their values. */
export interface ProgramWriter {
  input(name: string, dtype: DType, shape: Shape): ValueId;
  node(
    operator: OperatorName,
    inputs: readonly ValueId[],
    dtype: DType,
    shape: Shape,
    attributes?: Readonly<Record<string, unknown>>,
  ): ValueId;
  output(name: string, value: ValueId): void;
}

/** Writes a program by hand, so that these tests rest on the contract alone. */
export function programOf(name: string, write: (writer: ProgramWriter) => void): ProgramV1 {
  const values: ValueType[] = [];
  const inputs: ProgramInput[] = [];
  const nodes: NodeV1[] = [];
  const outputs: ProgramOutput[] = [];
  const define = (dtype: DType, shape: Shape): ValueId => values.push({ dtype, shape }) - 1;
  write({
    input(inputName, dtype, shape) {
      const value = define(dtype, shape);
      inputs.push({ name: inputName, value });
      return value;
    },
    node(operator, operands, dtype, shape, attributes = {}) {
      const value = define(dtype, shape);
      const path = `${operator}_${nodes.length}`;
      nodes.push({ operator, inputs: operands, outputs: [value], attributes, path } as NodeV1);
      return value;
    },
    output(outputName, value) {
      outputs.push({ name: outputName, value });
    },
  });
  return { specificationVersion: 'v1', name, values, inputs, constants: [], nodes, outputs };
}

/** One step of gradient descent, `w' = w - rate · gradient`, with state under one name on both sides. */
export const descent: ProgramV1 = programOf('descent', ({ input, node, output }) => {
  const w = input('w', 'float32', [4]);
  const gradient = input('gradient', 'float32', [4]);
  const rate = input('rate', 'float32', []);
  const change = node('mul', [rate, gradient], 'float32', [4]);
  output('w', node('sub', [w, change], 'float32', [4]));
});

/** `double = x + x` over a named batch. */
export const doubling: ProgramV1 = programOf('doubling', ({ input, node, output }) => {
  const x = input('x', 'float32', ['batch', 2]);
  output('double', node('add', [x, x], 'float32', ['batch', 2]));
});

/** Returns a float32 tensor. */
export function float32(shape: readonly number[], values: readonly number[]): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(values) };
}

import type {
  DType,
  HostTensor,
  NodeOf,
  NodeV1,
  OperatorName,
  OperatorsV1,
  ProgramV1,
  Shape,
  ValueId,
  ValueType,
} from '@etalon/spec';

/** Builds programs by hand, so that these tests depend on no tracing. */
export class ProgramBuilder {
  readonly #name: string;
  readonly #values: ValueType[] = [];
  readonly #inputs: { name: string; value: ValueId }[] = [];
  readonly #constants: { value: ValueId; path: string; tensor: HostTensor }[] = [];
  readonly #nodes: NodeV1[] = [];
  readonly #outputs: { name: string; value: ValueId }[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, dtype: DType, shape: Shape): ValueId {
    const value = this.#value({ dtype, shape });
    this.#inputs.push({ name, value });
    return value;
  }

  constant(path: string, tensor: HostTensor): ValueId {
    const value = this.#value({ dtype: tensor.dtype, shape: tensor.shape });
    this.#constants.push({ value, path, tensor });
    return value;
  }

  node<K extends OperatorName>(
    operator: K,
    inputs: readonly ValueId[],
    attributes: OperatorsV1[K],
    type: ValueType,
    path: string = operator,
  ): ValueId {
    const value = this.#value(type);
    const node: NodeOf<K> = { operator, inputs, outputs: [value], attributes, path };
    this.#nodes.push(node as NodeV1);
    return value;
  }

  output(name: string, value: ValueId): void {
    this.#outputs.push({ name, value });
  }

  finish(): ProgramV1 {
    return {
      specificationVersion: 'v1',
      name: this.#name,
      values: this.#values,
      inputs: this.#inputs,
      constants: this.#constants,
      nodes: this.#nodes,
      outputs: this.#outputs,
    };
  }

  #value(type: ValueType): ValueId {
    this.#values.push(type);
    return this.#values.length - 1;
  }
}

/** Returns a type. */
export function type(dtype: DType, shape: Shape): ValueType {
  return { dtype, shape };
}

/** Returns a float32 tensor. */
export function floats(shape: readonly number[], data: readonly number[]): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}

/** Returns an int32 tensor. */
export function ints(shape: readonly number[], data: readonly number[]): HostTensor {
  return { dtype: 'int32', shape, data: Int32Array.from(data) };
}

import type {
  Dimension,
  DType,
  HostTensor,
  NodeOf,
  NodeV1,
  OperatorName,
  OperatorsV1,
  ProgramConstant,
  ProgramInput,
  ProgramOutput,
  ProgramV1,
  ValueId,
  ValueType,
} from '@etalon/spec';

/** Builds programs node by node, with the types that the test states. */
export class ProgramBuilder {
  readonly #values: ValueType[] = [];
  readonly #inputs: ProgramInput[] = [];
  readonly #constants: ProgramConstant[] = [];
  readonly #nodes: NodeV1[] = [];
  readonly #outputs: ProgramOutput[] = [];

  input(name: string, dtype: DType, shape: readonly Dimension[]): ValueId {
    const value = this.#define({ dtype, shape });
    this.#inputs.push({ name, value });
    return value;
  }

  constant(tensor: HostTensor): ValueId {
    const value = this.#define(tensor);
    this.#constants.push({ value, path: `constant_${value}`, tensor });
    return value;
  }

  node<K extends OperatorName>(
    operator: K,
    inputs: readonly ValueId[],
    attributes: OperatorsV1[K],
    type: ValueType,
  ): ValueId {
    const value = this.#define(type);
    const path = `${operator}_${this.#nodes.length + 1}`;
    const node: NodeOf<K> = { operator, inputs, outputs: [value], attributes, path };
    this.#nodes.push(node as NodeV1);
    return value;
  }

  /** Adds a float32 node without attributes. */
  float<K extends OperatorName>(
    operator: K,
    inputs: readonly ValueId[],
    shape: readonly Dimension[],
    attributes: OperatorsV1[K] = {} as OperatorsV1[K],
  ): ValueId {
    return this.node(operator, inputs, attributes, { dtype: 'float32', shape });
  }

  output(name: string, value: ValueId): this {
    this.#outputs.push({ name, value });
    return this;
  }

  build(name = 'test'): ProgramV1 {
    return {
      specificationVersion: 'v1',
      name,
      values: this.#values,
      inputs: this.#inputs,
      constants: this.#constants,
      nodes: this.#nodes,
      outputs: this.#outputs,
    };
  }

  #define({ dtype, shape }: ValueType): ValueId {
    this.#values.push({ dtype, shape });
    return this.#values.length - 1;
  }
}

/** Returns the program of one node: inputs `0`, `1`, … and the output `y`. */
export function singleOperatorProgram<K extends OperatorName>(
  operator: K,
  inputTypes: readonly ValueType[],
  attributes: OperatorsV1[K],
  outputType: ValueType,
): ProgramV1 {
  const builder = new ProgramBuilder();
  const inputs = inputTypes.map(({ dtype, shape }, i) => builder.input(String(i), dtype, shape));
  return builder
    .output('y', builder.node(operator, inputs, attributes, outputType))
    .build(operator);
}

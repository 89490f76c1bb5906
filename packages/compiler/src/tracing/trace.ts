import type {
  HostTensor,
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
import { EtalonError, InternalError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { joinPath } from './path.ts';
import type { Producer, ProgramBuilder, Tensor } from './tensor.ts';

/** A program in the making: the only place where nodes are created, each checked by its type rule. */
export class Trace implements ProgramBuilder {
  readonly nodes: NodeV1[] = [];
  readonly #values: ValueType[] = [];
  readonly #inputs: ProgramInput[] = [];
  readonly #constants: ProgramConstant[] = [];
  readonly #tensors: Tensor[] = [];
  readonly #producers: Map<ValueId, NodeV1> = new Map();
  readonly #constantData: Map<ValueId, HostTensor> = new Map();
  readonly #scalars: Map<string, Tensor> = new Map();
  readonly #streams: Set<string> = new Set();
  #path = '';

  /** Declares an input. */
  input(name: string, type: ValueType): Tensor {
    const tensor = this.#define(type);
    this.#inputs.push({ name, value: tensor['~trace'].id });
    return tensor;
  }

  constant(data: HostTensor, path: string = joinPath(this.#path, 'constant')): Tensor {
    const [value] = data.data;
    const key =
      data.shape.length === 0 && value !== undefined
        ? `${data.dtype} ${Object.is(value, -0) ? '-0' : value}`
        : undefined;
    const known = key === undefined ? undefined : this.#scalars.get(key);
    if (known !== undefined) return known;
    const tensor = this.#define({ dtype: data.dtype, shape: data.shape });
    const id = tensor['~trace'].id;
    this.#constants.push({ value: id, path, tensor: data });
    this.#constantData.set(id, data);
    if (key !== undefined) this.#scalars.set(key, tensor);
    return tensor;
  }

  emit<K extends OperatorName>(
    operator: K,
    inputs: readonly Tensor[],
    attributes: OperatorsV1[K],
  ): Tensor {
    return this.add(operator, inputs, attributes, joinPath(this.#path, operator));
  }

  /** Adds a node under a full path, as passes that copy nodes do. */
  add<K extends OperatorName>(
    operator: K,
    inputs: readonly Tensor[],
    attributes: OperatorsV1[K],
    path: string,
  ): Tensor {
    const definition = definitionOf(operator);
    let type: ValueType;
    try {
      type = definition.type(inputs, attributes);
    } catch (error) {
      throw atPath(error, path);
    }
    const output = this.#define({ dtype: type.dtype, shape: type.shape });
    const id = output['~trace'].id;
    const node = {
      operator,
      inputs: inputs.map((input) => input['~trace'].id),
      outputs: [id],
      attributes,
      path,
    } as NodeV1;
    this.nodes.push(node);
    this.#producers.set(id, node);
    return output;
  }

  scope<R>(part: string, body: () => R): R {
    return this.at(joinPath(this.#path, part), body);
  }

  at<R>(path: string, body: () => R): R {
    const outer = this.#path;
    this.#path = path;
    try {
      return body();
    } finally {
      this.#path = outer;
    }
  }

  uniqueStream(hint: string): string {
    const base = joinPath(this.#path, hint);
    let stream = base;
    for (let count = 2; this.#streams.has(stream); count++) stream = `${base} ${count}`;
    this.#streams.add(stream);
    return stream;
  }

  tensor(id: ValueId): Tensor {
    const tensor = this.#tensors[id];
    if (tensor !== undefined) return tensor;
    throw new InternalError(
      'INTERNAL_VALUE',
      `trace: no value %${id}, got ${this.#tensors.length}.`,
    );
  }

  producer(tensor: Tensor): Producer | undefined {
    const node = this.#producers.get(tensor['~trace'].id);
    return node && { node, inputs: node.inputs.map((id) => this.tensor(id)) };
  }

  constantOf(tensor: Tensor): HostTensor | undefined {
    return this.#constantData.get(tensor['~trace'].id);
  }

  /** Closes the trace. */
  finish(name: string, outputs: readonly (readonly [string, Tensor])[]): ProgramV1 {
    return {
      specificationVersion: 'v1',
      name,
      values: this.#values,
      inputs: this.#inputs,
      constants: this.#constants,
      nodes: this.nodes,
      outputs: outputs.map(
        ([output, tensor]): ProgramOutput => ({ name: output, value: tensor['~trace'].id }),
      ),
    };
  }

  #define(type: ValueType): Tensor {
    const id = this.#values.length;
    const tensor: Tensor = { ...type, '~trace': { builder: this, id } };
    this.#values.push({ dtype: type.dtype, shape: type.shape });
    this.#tensors.push(tensor);
    return tensor;
  }
}

function atPath(error: unknown, path: string): unknown {
  if (!EtalonError.isInstance(error)) return error;
  // The rule's error speaks of operands; the path tells the user which layer they belong to.
  error.message = `${path}: ${error.message}`;
  return error;
}

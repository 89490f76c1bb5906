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
import { InternalError, ProgramError } from '@etalon/spec';
import { resultTypesOf } from '../definitions/definition-of.ts';
import { formatType } from '../program/format-type.ts';
import { atPath } from './at-path.ts';
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
  readonly #literals: Map<string, Tensor> = new Map();
  readonly #streams: Set<string>;
  readonly #parent: Trace | undefined;
  /** Tensors of the trace around this one that are used here, with what stands for them. */
  readonly #standIns: Map<Tensor, Tensor> = new Map();
  readonly #adopted: Tensor[] = [];
  #path: string;
  #isFinished = false;

  /** @param parent - the trace around this one, whose tensors may be used here. */
  constructor(parent?: Trace) {
    this.#parent = parent;
    // One set for all: streams are unique in a program with its bodies.
    this.#streams = parent === undefined ? new Set() : parent.#streams;
    this.#path = parent?.path ?? '';
  }

  get depth(): number {
    return this.#parent === undefined ? 0 : this.#parent.depth + 1;
  }

  /** Tensors of the trace around this one that became inputs, in the order of those inputs. */
  get adopted(): readonly Tensor[] {
    return [...this.#adopted];
  }

  get path(): string {
    return this.#path;
  }

  /** Declares an input. */
  input(name: string, type: ValueType): Tensor {
    const tensor = this.#define(type);
    this.#inputs.push({ name, value: tensor['~trace'].id });
    return tensor;
  }

  constant(data: HostTensor, path: string = joinPath(this.#path, 'constant')): Tensor {
    return data.shape.length === 0 ? this.#shared(data, path) : this.#constant(data, path);
  }

  literal(data: HostTensor): Tensor {
    return this.#shared(data, joinPath(this.#path, 'constant'));
  }

  #shared(data: HostTensor, path: string): Tensor {
    const values = [...data.data].map((value) => (Object.is(value, -0) ? '-0' : value));
    const key = `${data.dtype} [${data.shape}] ${values}`;
    const known = this.#literals.get(key);
    if (known !== undefined) return known;
    const tensor = this.#constant(data, path);
    this.#literals.set(key, tensor);
    return tensor;
  }

  #constant(data: HostTensor, path: string): Tensor {
    const tensor = this.#define({ dtype: data.dtype, shape: data.shape });
    const id = tensor['~trace'].id;
    this.#constants.push({ value: id, path, tensor: data });
    this.#constantData.set(id, data);
    return tensor;
  }

  emit<K extends OperatorName>(
    operator: K,
    inputs: readonly Tensor[],
    attributes: OperatorsV1[K],
  ): Tensor {
    return only(this.emitAll(operator, inputs, attributes), operator);
  }

  emitAll<K extends OperatorName>(
    operator: K,
    inputs: readonly Tensor[],
    attributes: OperatorsV1[K],
  ): readonly Tensor[] {
    return this.addAll(operator, inputs, attributes, joinPath(this.#path, operator));
  }

  adopt(tensor: Tensor): Tensor {
    if (tensor['~trace'].builder === this) return tensor;
    if (this.#parent === undefined) {
      throw new ProgramError(
        'TRACE_MIXED',
        `${this.#path}: operands come from different programs, got ${formatType(tensor)} of another one.\nFix: use a tensor only inside the function that was traced; pass values between programs as inputs.`,
      );
    }
    const outer = this.#parent.adopt(tensor);
    const known = this.#standIns.get(outer);
    if (known !== undefined) return known;
    const constant = this.#parent.constantOf(outer);
    const standIn =
      constant === undefined
        ? this.input(`invariant/${this.#adopted.length}`, outer)
        : this.constant(constant);
    if (constant === undefined) this.#adopted.push(outer);
    this.#standIns.set(outer, standIn);
    return standIn;
  }

  /** Adds a node with one result under a full path. */
  add<K extends OperatorName>(
    operator: K,
    inputs: readonly Tensor[],
    attributes: OperatorsV1[K],
    path: string,
  ): Tensor {
    return only(this.addAll(operator, inputs, attributes, path), operator);
  }

  /** Adds a node under a full path, as passes that copy nodes do. */
  addAll<K extends OperatorName>(
    operator: K,
    inputs: readonly Tensor[],
    attributes: OperatorsV1[K],
    path: string,
  ): readonly Tensor[] {
    const operands = inputs.map((input) => this.adopt(input));
    const outputs = this.typesOf(operator, operands, attributes, path).map((type) =>
      this.#define(type),
    );
    const node = {
      operator,
      inputs: operands.map((input) => input['~trace'].id),
      outputs: outputs.map((output) => output['~trace'].id),
      attributes,
      path,
    } as NodeV1;
    this.nodes.push(node);
    for (const id of node.outputs) this.#producers.set(id, node);
    return outputs;
  }

  /**
   * Replaces a node by one that has further results beside its own, and keeps its place: how a gradient gets at values from inside of
   * a loop that is written already.
   *
   * @returns the further results.
   */
  extend(
    node: NodeV1,
    inputs: readonly Tensor[],
    attributes: NodeV1['attributes'],
  ): readonly Tensor[] {
    const { operator, outputs, path } = node;
    const types = this.typesOf(operator, inputs, attributes, path);
    const added = types.slice(outputs.length).map((type) => this.#define(type));
    const extended = {
      ...node,
      inputs: inputs.map((input) => this.adopt(input)['~trace'].id),
      outputs: [...outputs, ...added.map((output) => output['~trace'].id)],
      attributes,
    } as NodeV1;
    this.nodes[this.nodes.indexOf(this.#producers.get(outputs[0] ?? -1) ?? node)] = extended;
    for (const id of extended.outputs) this.#producers.set(id, extended);
    return added;
  }

  /** Types of the results of a node that is not added. */
  typesOf<K extends OperatorName>(
    operator: K,
    inputs: readonly ValueType[],
    attributes: OperatorsV1[K],
    path: string,
  ): readonly ValueType[] {
    try {
      return resultTypesOf(operator, inputs, attributes);
    } catch (error) {
      throw atPath(error, path);
    }
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

  nextStream(hint: string): string {
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

  /** Closes the trace: nothing can be added any more. */
  finish(name: string, outputs: readonly (readonly [string, Tensor])[]): ProgramV1 {
    this.#isFinished = true;
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

  #define({ dtype, shape }: ValueType): Tensor {
    if (this.#isFinished) {
      throw new ProgramError(
        'TRACE_FINISHED',
        'trace: the program is finished, got a use of one of its tensors afterwards.\nFix: use tensors only inside the function that was traced; return what is needed outside as an output.',
      );
    }
    const id = this.#values.length;
    const tensor: Tensor = { dtype, shape, '~trace': { builder: this, id } };
    this.#values.push({ dtype, shape });
    this.#tensors.push(tensor);
    return tensor;
  }
}

function only(outputs: readonly Tensor[], operator: OperatorName): Tensor {
  const [output] = outputs;
  if (output !== undefined && outputs.length === 1) return output;
  throw new InternalError(
    'INTERNAL_RESULTS',
    `${operator}: one result is expected, got ${outputs.length}. This is a bug in @etalon/compiler.`,
  );
}

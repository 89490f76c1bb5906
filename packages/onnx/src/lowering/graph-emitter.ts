import {
  floatAttribute,
  graphAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from '../codec/attributes.ts';
import type { TensorElements } from '../codec/create-tensor.ts';
import { createTensor } from '../codec/create-tensor.ts';
import type { WritableElementType } from '../codec/element-types.ts';
import { createNode } from '../codec/model-builder.ts';
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from '../schema/onnx-pb.ts';
import { NameScope } from './names.ts';

/** Value of a node attribute: a number is an integer unless it is marked as a float. */
export type AttributeValue =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly graph: GraphProto };

/** Attributes of a node by ONNX's names, written in the order of the keys. */
export type NodeAttributes = Readonly<Record<string, AttributeValue>>;

/**
 * Collects the nodes and initializers of a graph and names them.
 *
 * Names come from the path that is being lowered, {@link GraphEmitter.within}: helper nodes and their
 * tensors are `path/OpType`, with a number on repetition.
 *
 * The body of a loop is a graph {@link GraphEmitter.body | inside another}: names are unique in the whole model, tensors of the outer
 * graph are read by name, and initializers are the outermost graph's.
 */
export class GraphEmitter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly tensorNames: NameScope;
  readonly nodeNames: NameScope;
  /** The model's own graph, for what is the same in every iteration of the loops around. */
  readonly outermost: GraphEmitter;
  readonly #outer: GraphEmitter | undefined;
  readonly #memo = new Map<string, string>();
  readonly #fixed = new Set<string>();
  #prefix = '';

  /** @param outer - the graph that holds this one as a node's attribute. */
  constructor(outer?: GraphEmitter) {
    this.#outer = outer;
    this.outermost = outer?.outermost ?? this;
    this.tensorNames = outer?.tensorNames ?? new NameScope();
    this.nodeNames = outer?.nodeNames ?? new NameScope();
    if (outer !== undefined) this.#prefix = outer.#prefix;
  }

  /** Begins a graph that a node of this one will hold. */
  body(): GraphEmitter {
    return new GraphEmitter(this);
  }

  /** Runs a function whose nodes are named after a path. */
  within<T>(prefix: string, run: () => T): T {
    const outer = this.#prefix;
    this.#prefix = prefix;
    try {
      return run();
    } finally {
      this.#prefix = outer;
    }
  }

  /** Whether a node of this graph, or of a body inside it, reads a tensor. */
  reads(tensor: string): boolean {
    return readsTensor(this.nodes, tensor);
  }

  /** Adds a node with one output and returns the name of its tensor. An empty input name is left out. */
  emit(opType: string, inputs: readonly string[], attributes: NodeAttributes = {}): string {
    const name = `${this.#prefix}/${opType}`;
    const output = this.tensorNames.unique(name);
    this.#push(opType, this.nodeNames.unique(name), inputs, [output], attributes);
    return output;
  }

  /** Adds a node with several outputs and returns the names of their tensors. */
  emitMany(
    opType: string,
    inputs: readonly string[],
    outputLabels: readonly string[],
    attributes: NodeAttributes,
  ): readonly string[] {
    const outputs = outputLabels.map((label) =>
      this.tensorNames.unique(`${this.#prefix}/${opType}/${label}`),
    );
    const name = this.nodeNames.unique(`${this.#prefix}/${opType}`);
    this.#push(opType, name, inputs, outputs, attributes);
    return outputs;
  }

  /** Adds a node whose tensor has a name that was reserved before. */
  emitNamed(
    opType: string,
    inputs: readonly string[],
    names: { readonly node: string; readonly tensor: string },
    attributes: NodeAttributes = {},
  ): void {
    const node = this.nodeNames.unique(names.node);
    this.emitAll(opType, inputs, { node, tensors: [names.tensor] }, attributes);
  }

  /** Adds a node that has, like its tensors, a name that was reserved before. */
  emitAll(
    opType: string,
    inputs: readonly string[],
    names: { readonly node: string; readonly tensors: readonly string[] },
    attributes: NodeAttributes = {},
  ): void {
    for (const tensor of names.tensors) this.#fixed.add(tensor);
    this.#push(opType, names.node, inputs, names.tensors, attributes);
  }

  /**
   * Gives the tensor that a lowering ended with, and the node that made it, the names of the program's node.
   *
   * @param from - number of nodes before the lowering; only later ones mention the tensor.
   * @returns false when the tensor belongs to somebody else: it was made earlier, or under a name of its
   * own, or to be found again.
   */
  rename(
    from: number,
    tensor: string,
    names: { readonly node: string; readonly tensor: string },
  ): boolean {
    if (this.#fixed.has(tensor)) return false;
    const emitted = this.nodes.slice(from);
    const maker = emitted.find((node) => node.output.includes(tensor));
    if (maker === undefined) return false;
    maker.name = names.node;
    for (const node of emitted) {
      node.input = node.input.map((name) => (name === tensor ? names.tensor : name));
      node.output = node.output.map((name) => (name === tensor ? names.tensor : name));
    }
    return true;
  }

  /** Adds an initializer under a name that was reserved before. */
  initializer(name: string, dims: readonly number[], elements: TensorElements): string {
    this.outermost.initializers.push(createTensor({ name, dims, ...elements }));
    return name;
  }

  /** Returns a small constant, one initializer for all of its uses. */
  constant(dtype: WritableElementType, data: readonly number[], rank: 0 | 1): string {
    const text = data.map((value) => (Object.is(value, -0) ? '-0' : String(value))).join(',');
    const label = rank === 0 ? `${dtype}(${text})` : `${dtype}[${text}]`;
    return this.outermost.memo(`constant ${label}`, () =>
      this.initializer(
        this.tensorNames.unique(`constants/${label.length > 64 ? dtype : label}`),
        rank === 0 ? [] : [data.length],
        dtype === 'bool' ? { dtype, data: data.map((value) => value !== 0) } : { dtype, data },
      ),
    );
  }

  /** Returns a float32 scalar. */
  float(value: number): string {
    return this.constant('float32', [value], 0);
  }

  /** Returns an int32 scalar. */
  int32(value: number): string {
    return this.constant('int32', [value], 0);
  }

  /** Returns a vector of int64, the type of shapes, axes and positions. */
  int64s(values: readonly number[]): string {
    return this.constant('int64', values, 1);
  }

  /** Returns what was made under a key before, here or in a graph around, or makes it here. */
  memo(key: string, make: () => string): string {
    const known = this.#recall(key);
    if (known !== undefined) return known;
    const made = make();
    this.#memo.set(key, made);
    this.#fixed.add(made);
    return made;
  }

  #recall(key: string): string | undefined {
    const known = this.#memo.get(key);
    if (known !== undefined || this.#outer === undefined) return known;
    return this.#outer.#recall(key);
  }

  #push(
    opType: string,
    name: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: NodeAttributes,
  ): void {
    this.nodes.push(
      createNode({
        opType,
        name,
        inputs,
        outputs,
        attributes: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
      }),
    );
  }
}

function readsTensor(nodes: readonly NodeProto[], tensor: string): boolean {
  return nodes.some(
    (node) =>
      node.input.includes(tensor) ||
      node.attribute.some(({ g }) => {
        const returned = g?.output.some(({ name }) => name === tensor) ?? false;
        return returned || readsTensor(g?.node ?? [], tensor);
      }),
  );
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') return intAttribute(name, value);
  if (typeof value === 'string') return stringAttribute(name, value);
  if ('float' in value) return floatAttribute(name, value.float);
  if ('graph' in value) return graphAttribute(name, value.graph);
  return intsAttribute(name, value);
}

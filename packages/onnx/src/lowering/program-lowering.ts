import type { NodeOf, NodeV1, OperatorName, ProgramV1, ValueId, ValueType } from '@etalon/spec';
import { InternalError, UnsupportedOperatorError } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import { LoweredValue } from './lowered-value.ts';
import type { LoweredOperator, LoweredTensor } from './lowering.ts';
import type { OnnxNames, OnnxNodeName } from './names.ts';
import { slashPath } from './names.ts';
import type { LoweringPlan } from './plan.ts';
import { planLowering } from './plan.ts';
import { RuntimeSizes, sizeCarriers } from './runtime-sizes.ts';
import { lowerScan } from './scan.ts';
import { lowerings } from './table.ts';

/**
 * Where images change their layout: where an operator asks for it, or, as tests compare it with, before and after every operator.
 */
export type LayoutPolicy = 'onDemand' | 'everyOperator';

/** Adds a program's nodes to a graph, gives its outputs their names, and tells those of the nodes. */
export function lowerNodes(
  program: ProgramV1,
  names: OnnxNames,
  emitter: GraphEmitter,
  layout: LayoutPolicy,
): readonly OnnxNodeName[] {
  const inputs = program.inputs.map(
    ({ name, value }) =>
      new LoweredValue(emitter, {
        type: typeOf(program, value),
        path: name,
        name,
        layout: 'rowMajor',
        tensor: name,
      }),
  );
  const sizes = new RuntimeSizes(emitter, sizeCarriers(program));
  const outputNames = program.outputs.map(({ name }) => names.outputs[name] ?? name);
  const nodes: OnnxNodeName[] = [];
  const lowering = new ProgramLowering(program, {
    emitter,
    sizes,
    layout,
    inputs,
    outputNames,
    nodes,
  });
  lowering.lowerAll();
  lowering.finish();
  return nodes;
}

/** Where the nodes of a program go. */
interface Surroundings {
  readonly emitter: GraphEmitter;
  readonly sizes: RuntimeSizes;
  readonly layout: LayoutPolicy;
  /** Values of the program's inputs. */
  readonly inputs: readonly LoweredValue[];
  /** Names that the program's outputs must have; none for a body. */
  readonly outputNames: readonly string[];
  /** Collects the names of the program's nodes. */
  readonly nodes: OnnxNodeName[];
  /** For a body, the name of the loop and the part of a path that it shares with what is inside. */
  readonly loop?: { readonly name: string; readonly scope: string };
}

class ProgramLowering {
  readonly #program: ProgramV1;
  readonly #around: Surroundings;
  readonly #emitter: GraphEmitter;
  readonly #plan: LoweringPlan;
  readonly #values = new Map<ValueId, LoweredValue>();
  /** Names of outputs, by the value that is returned under them first. */
  readonly #outputNames = new Map<ValueId, string>();

  constructor(program: ProgramV1, around: Surroundings) {
    this.#program = program;
    this.#around = around;
    this.#emitter = around.emitter;
    this.#plan = planLowering(program);
    around.outputNames.forEach((name, index) => {
      const original = this.#original(program.outputs[index]?.value ?? -1);
      if (!this.#outputNames.has(original)) this.#outputNames.set(original, name);
    });
    program.inputs.forEach(({ value }, index) => {
      const input = around.inputs[index];
      if (input !== undefined) this.#values.set(value, input);
    });
    this.#addConstants();
  }

  lowerAll(): void {
    for (const node of this.#program.nodes) {
      if (node.operator === 'scan') {
        this.#lowerScan(node);
      } else {
        requireLowering(node);
        this.#lower(node);
      }
    }
  }

  /** Values of the program's outputs. */
  get outputs(): readonly LoweredValue[] {
    return this.#program.outputs.map(({ value }) => this.#value(value));
  }

  #lowerScan(node: NodeOf<'scan'>): void {
    const emitter = this.#emitter;
    const path = this.#name(node);
    const own = slashPath(node.path);
    const loop = { name: path, scope: own.slice(0, own.lastIndexOf('/') + 1) };
    const { attributes } = node;
    const label = (at: number): string =>
      at < attributes.carried ? `carried/${at}` : `stacked/${at - attributes.carried}`;
    const results = node.outputs.map(
      (id, at) =>
        this.#outputNames.get(id) ?? emitter.tensorNames.unique(`${path}/results/${label(at)}`),
    );
    emitter.within(path, () => {
      lowerScan({
        path,
        attributes,
        operands: node.inputs.map((id) => this.#value(id)),
        results,
        emitter,
        sizes: this.#around.sizes,
        lowerBody: (body, inputs) => {
          const { sizes, layout, nodes } = this.#around;
          const lowering = new ProgramLowering(attributes.body, {
            emitter: body,
            sizes: sizes.in(body),
            layout,
            inputs,
            outputNames: [],
            nodes,
            loop,
          });
          lowering.lowerAll();
          return lowering.outputs;
        },
      });
    });
    node.outputs.forEach((id, at) => {
      const name = results[at] ?? '';
      const value = {
        type: this.#type(id),
        path: name,
        name,
        layout: 'rowMajor',
        tensor: name,
      } as const;
      this.#values.set(id, new LoweredValue(emitter, value));
    });
  }

  #lower<K extends LoweredOperator>(node: NodeOf<K>): void {
    const [output = -1] = node.outputs;
    const alias = this.#plan.aliases.get(output);
    if (alias !== undefined) {
      this.#values.set(output, this.#value(alias));
      this.#around.nodes.push({ node });
      return;
    }
    const emitter = this.#emitter;
    const path = this.#name(node);
    const before = emitter.nodes.length;
    const result = emitter.within(path, () => this.#emit(node, this.#type(output)));
    this.#values.set(
      output,
      result instanceof LoweredValue ? result : this.#named(output, path, before, result),
    );
  }

  /** Gives each output its name; a value that has another name already is copied. */
  finish(): void {
    this.outputs.forEach((value, index) => {
      const tensor = this.#around.outputNames[index] ?? '';
      const made = value.rowMajor();
      if (made !== tensor) {
        this.#emitter.emitNamed('Identity', [made], { node: `outputs/${tensor}`, tensor });
      }
    });
  }

  // `lstm_1/matmul` in the loop `lstm_1/scan` is `lstm_1/scan/matmul`, whatever has its name outside.
  #name(node: OnnxNodeName['node']): string {
    const own = slashPath(node.path) || node.operator;
    const { loop, nodes } = this.#around;
    const inner = loop && own.startsWith(loop.scope) ? own.slice(loop.scope.length) : own;
    const name = this.#emitter.nodeNames.unique(loop ? `${loop.name}/${inner}` : inner);
    nodes.push({ node, name });
    return name;
  }

  #emit<K extends LoweredOperator>(
    node: NodeOf<K>,
    output: ValueType,
  ): LoweredTensor | LoweredValue {
    const [id = -1] = node.outputs;
    const bias = this.#plan.biases.get(id);
    const pooled = this.#plan.pooled.get(id);
    return lowerings[node.operator]({
      node,
      attributes: node.attributes,
      inputs: node.inputs.map((input) => this.#value(input)),
      output,
      emitter: this.#emitter,
      sizes: this.#around.sizes,
      bias: bias === undefined ? undefined : this.#value(bias),
      needsMaxima: this.#plan.searched.has(id),
      pooled: pooled === undefined ? undefined : this.#values.get(pooled),
    });
  }

  #named(
    id: ValueId,
    path: string,
    before: number,
    { tensor, layout }: LoweredTensor,
  ): LoweredValue {
    const emitter = this.#emitter;
    const name = this.#outputNames.get(id) ?? emitter.tensorNames.unique(path);
    const final = layout === 'rowMajor' ? name : emitter.tensorNames.unique(`${path}/nchw`);
    const renamed = emitter.rename(before, tensor, { node: path, tensor: final });
    const value = new LoweredValue(emitter, {
      type: this.#type(id),
      path,
      name,
      layout,
      tensor: renamed ? final : tensor,
    });
    if (this.#around.layout === 'onDemand') return value;
    const made = value.rowMajor();
    return new LoweredValue(emitter, {
      type: value.type,
      path,
      name,
      layout: 'rowMajor',
      tensor: made,
    });
  }

  // An initializer is added when it is first read: a filter may be needed as OIHW alone. A body's belong to the model's own graph.
  #addConstants(): void {
    const emitter = this.#emitter.outermost;
    for (const { value, path, tensor } of this.#program.constants) {
      const name = emitter.tensorNames.unique(slashPath(path) || 'constant');
      this.#values.set(
        value,
        new LoweredValue(emitter, {
          type: this.#type(value),
          path: name,
          name,
          layout: 'rowMajor',
          tensor: () => emitter.initializer(name, tensor.shape, tensor),
          constant: tensor,
        }),
      );
    }
  }

  #original(id: ValueId): ValueId {
    const alias = this.#plan.aliases.get(id);
    return alias === undefined ? id : this.#original(alias);
  }

  #value(id: ValueId): LoweredValue {
    const value = this.#values.get(id);
    if (value !== undefined) return value;
    throw undefinedValue(this.#program, id);
  }

  #type(id: ValueId): ValueType {
    return typeOf(this.#program, id);
  }
}

function typeOf(program: ProgramV1, id: ValueId): ValueType {
  const type = program.values[id];
  if (type !== undefined) return type;
  throw undefinedValue(program, id);
}

function undefinedValue({ name }: ProgramV1, id: ValueId): InternalError {
  return new InternalError(
    'INTERNAL_VALUE',
    `${name}: value %${id} is used before anything defines it, got no definition. This is a bug in @etalon/compiler.`,
    { details: { value: id } },
  );
}

function requireLowering(node: NodeV1): asserts node is NodeV1 & NodeOf<LoweredOperator> {
  if (!Object.hasOwn(lowerings, node.operator)) throw unknownOperator(node);
}

function unknownOperator({ operator, path }: NodeOf<OperatorName>): UnsupportedOperatorError {
  return new UnsupportedOperatorError(
    'OPERATOR_UNSUPPORTED',
    `${path}: the operator is not one that this version of @etalon/onnx writes, got ${JSON.stringify(operator)}.\n` +
      'Fix: install versions of the @etalon packages that belong together.',
    { details: { operator, path } },
  );
}

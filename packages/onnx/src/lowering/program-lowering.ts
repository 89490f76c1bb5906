import type { NodeOf, OperatorName, ProgramV1, ValueId, ValueType } from '@etalon/spec';
import { InternalError, UnsupportedOperatorError } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import { LoweredValue } from './lowered-value.ts';
import type { LoweredTensor } from './lowering.ts';
import type { OnnxNames } from './names.ts';
import { slashPath } from './names.ts';
import type { LoweringPlan } from './plan.ts';
import { planLowering } from './plan.ts';
import { RuntimeSizes } from './runtime-sizes.ts';
import { lowerings } from './table.ts';

/**
 * Where images change their layout: where an operator asks for it, or, as tests compare it with, before and after every operator.
 */
export type LayoutPolicy = 'onDemand' | 'everyOperator';

/** Adds a program's nodes to a graph, and gives its outputs their names. */
export function lowerNodes(
  program: ProgramV1,
  names: OnnxNames,
  emitter: GraphEmitter,
  layout: LayoutPolicy,
): void {
  const lowering = new ProgramLowering(program, names, emitter, layout);
  for (const node of program.nodes) lowering.lower(node);
  lowering.finish();
}

class ProgramLowering {
  readonly #program: ProgramV1;
  readonly #names: OnnxNames;
  readonly #emitter: GraphEmitter;
  readonly #sizes: RuntimeSizes;
  readonly #plan: LoweringPlan;
  readonly #layout: LayoutPolicy;
  readonly #values = new Map<ValueId, LoweredValue>();
  /** Names of outputs, by the value that is returned under them first. */
  readonly #outputNames = new Map<ValueId, string>();

  constructor(program: ProgramV1, names: OnnxNames, emitter: GraphEmitter, layout: LayoutPolicy) {
    this.#layout = layout;
    this.#program = program;
    this.#names = names;
    this.#emitter = emitter;
    this.#sizes = new RuntimeSizes(emitter, program);
    this.#plan = planLowering(program);
    for (const { name, value } of program.outputs) {
      const original = this.#original(value);
      if (!this.#outputNames.has(original)) {
        this.#outputNames.set(original, names.outputs[name] ?? name);
      }
    }
    this.#addInputs();
    this.#addConstants();
  }

  lower<K extends OperatorName>(node: NodeOf<K>): void {
    const [output = -1] = node.outputs;
    const alias = this.#plan.aliases.get(output);
    if (alias !== undefined) {
      this.#values.set(output, this.#value(alias));
      return;
    }
    const emitter = this.#emitter;
    const path = emitter.nodeNames.unique(slashPath(node.path) || node.operator);
    const before = emitter.nodes.length;
    const result = emitter.within(path, () => this.#emit(node, this.#type(output)));
    this.#values.set(
      output,
      result instanceof LoweredValue ? result : this.#named(output, path, before, result),
    );
  }

  /** Gives each output its name; a value that has another name already is copied. */
  finish(): void {
    for (const { name, value } of this.#program.outputs) {
      const tensor = this.#names.outputs[name] ?? name;
      const made = this.#value(value).rowMajor();
      if (made !== tensor) {
        this.#emitter.emitNamed('Identity', [made], { node: `outputs/${tensor}`, tensor });
      }
    }
  }

  #emit<K extends OperatorName>(node: NodeOf<K>, output: ValueType): LoweredTensor | LoweredValue {
    if (!Object.hasOwn(lowerings, node.operator)) throw unknownOperator(node);
    const [id = -1] = node.outputs;
    const bias = this.#plan.biases.get(id);
    const pooled = this.#plan.pooled.get(id);
    return lowerings[node.operator]({
      node,
      attributes: node.attributes,
      inputs: node.inputs.map((input) => this.#value(input)),
      output,
      emitter: this.#emitter,
      sizes: this.#sizes,
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
    if (this.#layout === 'onDemand') return value;
    const made = value.rowMajor();
    return new LoweredValue(emitter, {
      type: value.type,
      path,
      name,
      layout: 'rowMajor',
      tensor: made,
    });
  }

  #addInputs(): void {
    for (const { name, value } of this.#program.inputs) {
      const type = this.#type(value);
      const input = { type, path: name, name, layout: 'rowMajor', tensor: name } as const;
      this.#values.set(value, new LoweredValue(this.#emitter, input));
    }
  }

  // An initializer is added when it is first read: a filter may be needed as OIHW alone.
  #addConstants(): void {
    const emitter = this.#emitter;
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
    const type = this.#program.values[id];
    if (type !== undefined) return type;
    throw undefinedValue(this.#program, id);
  }
}

function undefinedValue({ name }: ProgramV1, id: ValueId): InternalError {
  return new InternalError(
    'INTERNAL_VALUE',
    `${name}: value %${id} is used before anything defines it, got no definition. This is a bug in @etalon/compiler.`,
    { details: { value: id } },
  );
}

function unknownOperator({ operator, path }: NodeOf<OperatorName>): UnsupportedOperatorError {
  return new UnsupportedOperatorError(
    'OPERATOR_UNSUPPORTED',
    `${path}: the operator is not one that this version of @etalon/onnx writes, got ${JSON.stringify(operator)}.\n` +
      'Fix: install versions of the @etalon packages that belong together.',
    { details: { operator, path } },
  );
}

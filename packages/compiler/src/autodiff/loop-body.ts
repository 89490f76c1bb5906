import type { NodeOf, NodeV1, ProgramV1, ValueId } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { bodiesOf } from '../program/map-bodies.ts';
import { typesOf } from '../program/types-of.ts';
import { copied, copyNodes } from '../tracing/copy-nodes.ts';
import { withBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { Trace } from '../tracing/trace.ts';

/** On what a value of a body depends: only on constants, also on tensors around the loop, or on the iteration. */
export type Dependence = 'constant' | 'invariant' | 'iteration';

/** The body of a loop, opened again: a trace in which its gradient is found. */
export class LoopBody {
  readonly trace: Trace;
  readonly index: Tensor;
  readonly carried: readonly Tensor[];
  readonly slices: readonly Tensor[];
  /** Invariant operands as the body sees them, in the order of the node's operands. */
  readonly invariants: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** How many of the trace's nodes are the body's own. */
  readonly size: number;
  readonly #around: ReadonlyMap<ValueId, Tensor>;

  constructor(around: Trace, { attributes, inputs }: NodeOf<'scan'>) {
    const { body, carried, stacked } = attributes;
    const trace = new Trace(around);
    const types = typesOf(
      body.inputs.map(({ value }) => value),
      body.values,
    );
    const own = types.slice(0, 1 + carried + stacked);
    const declared = own.map((type, at) => trace.input(body.inputs[at]?.name ?? '', type));
    const outside = inputs.slice(carried + stacked).map((id) => around.tensor(id));
    this.trace = trace;
    this.index = declared[0] as Tensor;
    this.carried = declared.slice(1, 1 + carried);
    this.slices = declared.slice(1 + carried);
    this.invariants = outside.map((tensor) => trace.adopt(tensor));
    this.#around = new Map(
      this.invariants.map((tensor, at) => [tensor['~trace'].id, outside[at] as Tensor]),
    );
    const tensors = new Map<ValueId, Tensor>();
    [...declared, ...this.invariants].forEach((tensor, at) => {
      tensors.set(body.inputs[at]?.value ?? -1, tensor);
    });
    this.outputs = withBuilder(trace, () => copyBody(body, tensors, trace));
    this.size = trace.nodes.length;
  }

  /** What an invariant operand is around the loop. */
  around(id: ValueId): Tensor | undefined {
    return this.#around.get(id);
  }

  /** The body's own nodes. Those of inner loops may have been extended since. */
  get nodes(): readonly NodeV1[] {
    return this.trace.nodes.slice(0, this.size);
  }

  /** Finds on what each value of the trace depends, those of the gradient included. */
  dependences(): ReadonlyMap<ValueId, Dependence> {
    const known = new Map<ValueId, Dependence>();
    for (const tensor of this.invariants) {
      const { id } = tensor['~trace'];
      known.set(id, this.#around.has(id) && !this.#isConstant(tensor) ? 'invariant' : 'constant');
    }
    const of = (id: ValueId): Dependence => {
      const own = known.get(id);
      if (own !== undefined) return own;
      return this.#isConstant(this.trace.tensor(id)) ? 'constant' : 'iteration';
    };
    for (const node of this.trace.nodes) {
      const operands = node.inputs.map(of);
      const dependence =
        drawsRandomly(node) || operands.includes('iteration')
          ? 'iteration'
          : operands.includes('invariant')
            ? 'invariant'
            : 'constant';
      for (const id of node.outputs) known.set(id, dependence);
    }
    return known;
  }

  /** Whether a node draws random numbers, which must not be drawn twice. */
  draws(node: NodeV1): boolean {
    return drawsRandomly(node);
  }

  #isConstant(tensor: Tensor): boolean {
    return this.trace.constantOf(tensor) !== undefined;
  }
}

function copyBody(body: ProgramV1, tensors: Map<ValueId, Tensor>, trace: Trace): readonly Tensor[] {
  const constants = new Map(body.constants.map((constant) => [constant.value, constant]));
  const source = {
    nodes: body.nodes,
    constant: (id: ValueId): Tensor | undefined => {
      const constant = constants.get(id);
      return constant && trace.constant(constant.tensor, constant.path);
    },
  };
  copyNodes(source, tensors, trace);
  return body.outputs.map(({ value }) => copied(source, tensors, value));
}

function drawsRandomly(node: NodeV1): boolean {
  if (definitionOf(node.operator).kind === 'random') return true;
  return bodiesOf(node).some((body) => body.nodes.some(drawsRandomly));
}

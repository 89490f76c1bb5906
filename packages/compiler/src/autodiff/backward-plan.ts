import type { NodeV1, ScanAttributes, ValueId } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { Later } from '../definitions/definition.ts';
import { definitionOf } from '../definitions/definition-of.ts';
import { cast, mul } from '../operators/elementwise.ts';
import { dimensionSize } from '../operators/indexing.ts';
import { expand, reshape } from '../operators/movement.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { Dependence, LoopBody } from './loop-body.ts';

/** What the backward loop and the program around it are made of. Tensors and nodes are those of the {@link LoopBody}'s trace. */
export interface BackwardNeeds {
  /** Nodes of the backward loop's body. */
  readonly inside: readonly NodeV1[];
  /** Values of the forward loop's iterations that the backward loop takes slice by slice. */
  readonly slices: readonly Tensor[];
  /** Those of them that the forward loop must stack, and those that only the program around needs stacked. */
  readonly kept: readonly Tensor[];
  /** Nodes that are the same in every iteration: they are computed once, around the loop. */
  readonly around: readonly NodeV1[];
  /** What the backward loop stacks. */
  readonly stacked: readonly Tensor[];
  /** What the backward loop adds up over its iterations. */
  readonly summed: readonly Tensor[];
}

/** What became of the tensors that a plan asked for, by their values in the body. */
export interface SettledTensors {
  readonly stacks: ReadonlyMap<ValueId, Tensor>;
  readonly sums: ReadonlyMap<ValueId, Tensor>;
  readonly around: ReadonlyMap<ValueId, Tensor>;
}

/**
 * Decides for the gradient of a loop what is computed where. Sums over iterations move out of the loop where an operator has a rule
 * for it: what the rule's operands were is stacked, and one product over all iterations takes the place of one in each.
 */
export class BackwardPlan {
  readonly #loop: LoopBody;
  readonly #attributes: ScanAttributes;
  readonly #dependences: ReadonlyMap<ValueId, Dependence>;
  readonly #forward: ReadonlySet<ValueId>;
  /** Tensors of the body whose stacks are there already. */
  readonly #wholes: ReadonlyMap<ValueId, Tensor>;
  readonly #kept = new Map<ValueId, Tensor>();
  readonly #stacked = new Map<ValueId, Tensor>();
  readonly #summed = new Map<ValueId, Tensor>();
  readonly #inside = new Set<ValueId>();
  readonly #around = new Set<ValueId>();
  readonly #laterSums = new Map<ValueId, Later>();
  #settled: SettledTensors | undefined;

  constructor(loop: LoopBody, attributes: ScanAttributes, wholes: ReadonlyMap<ValueId, Tensor>) {
    this.#loop = loop;
    this.#attributes = attributes;
    this.#wholes = wholes;
    this.#dependences = loop.dependences();
    this.#forward = new Set(loop.nodes.flatMap(({ outputs }) => outputs));
  }

  /** Says that the backward loop's body computes a tensor. */
  needInside(tensor: Tensor): void {
    this.#inside.add(idOf(tensor));
  }

  /** A tensor of all iterations, whether they differ or not. */
  stackedOrRepeated(tensor: Tensor): Later {
    if (this.#varies(tensor)) return this.#stack(tensor);
    const { length } = this.#attributes;
    const one = this.#invariant(tensor);
    return () => expand(one(), [length, ...tensor.shape]);
  }

  /** The sum of a tensor over all iterations. */
  sum(tensor: Tensor): Later {
    const id = idOf(tensor);
    const known = this.#laterSums.get(id);
    if (known !== undefined) return known;
    const later = this.#sumAnew(tensor);
    this.#laterSums.set(id, later);
    return later;
  }

  #sumAnew(tensor: Tensor): Later {
    const id = idOf(tensor);
    if (!this.#varies(tensor)) {
      const one = this.#invariant(tensor);
      return () => mul(one(), this.#count());
    }
    const { trace } = this.#loop;
    const made = trace.producer(tensor);
    const rule = made && definitionOf(made.node.operator).sumOverIterations;
    const moved = rule?.({
      inputs: made?.inputs ?? [],
      output: tensor,
      attributes: made?.node.attributes as never,
      producer: (operand) => trace.producer(operand),
      varies: (operand) => this.#varies(operand),
      sum: (operand) => this.sum(operand),
      stacked: (operand) => this.#stack(operand),
      invariant: (operand) => this.#invariant(operand),
    });
    if (moved !== undefined) return moved;
    this.#summed.set(id, tensor);
    return () => found(this.#settled?.sums, id);
  }

  #stack(tensor: Tensor): Later {
    const id = idOf(tensor);
    const whole = this.#wholes.get(id);
    if (whole !== undefined) return () => whole;
    if (this.#isKept(id)) {
      this.#kept.set(id, tensor);
      return () => found(this.#settled?.stacks, id);
    }
    // Stacks of one tensor in two shapes would be stored twice.
    const made = this.#loop.trace.producer(tensor);
    const [source] = made?.inputs ?? [];
    if (made?.node.operator === 'reshape' && source !== undefined && this.#varies(source)) {
      const stack = this.#stack(source);
      return () => reshape(stack(), [this.#attributes.length, ...tensor.shape]);
    }
    this.#stacked.set(id, tensor);
    return () => found(this.#settled?.stacks, id);
  }

  #invariant(tensor: Tensor): Later {
    const id = idOf(tensor);
    this.#around.add(id);
    return () => found(this.#settled?.around, id);
  }

  /** Finds everything that the tensors asked for are made of. */
  settle(): BackwardNeeds {
    const { trace } = this.#loop;
    const isInside = new Set<ValueId>();
    const isAround = new Set(this.#around);
    const slices = new Map<ValueId, Tensor>();
    const ask = (id: ValueId): void => {
      if (this.#dependence(id) === 'invariant') isAround.add(id);
      else if (this.#isKept(id)) slices.set(id, trace.tensor(id));
      else isInside.add(id);
    };
    for (const id of this.#inside) ask(id);
    for (const id of [...this.#stacked.keys(), ...this.#summed.keys()]) ask(id);
    const inside: NodeV1[] = [];
    const around: NodeV1[] = [];
    for (const node of trace.nodes.toReversed()) {
      if (node.outputs.some((id) => isInside.has(id))) {
        inside.push(node);
        node.inputs.forEach(ask);
      }
      if (node.outputs.some((id) => isAround.has(id))) {
        around.push(node);
        for (const id of node.inputs) isAround.add(id);
      }
    }
    const kept = new Map([...this.#kept, ...slices]);
    return {
      inside: inside.reverse(),
      around: around.reverse(),
      slices: [...slices.values()],
      kept: [...kept.values()].filter((tensor) => !this.#wholes.has(idOf(tensor))),
      stacked: [...this.#stacked.values()],
      summed: [...this.#summed.values()],
    };
  }

  /** Answers what was asked for, so that what is computed later can be. */
  finish(settled: SettledTensors): void {
    this.#settled = settled;
  }

  #count(): Tensor | number {
    const { length } = this.#attributes;
    return typeof length === 'number' ? length : cast(dimensionSize(length), 'float32');
  }

  #dependence(id: ValueId): Dependence {
    return this.#dependences.get(id) ?? 'iteration';
  }

  #varies(tensor: Tensor): boolean {
    return this.#dependence(idOf(tensor)) === 'iteration';
  }

  /** Whether the backward loop takes a value from the forward loop instead of computing it. */
  #isKept(id: ValueId): boolean {
    const { carried, slices, trace } = this.#loop;
    if ([...carried, ...slices].some((tensor) => idOf(tensor) === id)) return true;
    if (!this.#forward.has(id) || this.#dependence(id) !== 'iteration') return false;
    const node = trace.producer(trace.tensor(id))?.node;
    if (node === undefined) return false;
    if (this.#attributes.checkpoint === true) return this.#loop.draws(node);
    // A copy in another shape is made again from what is kept.
    return !(node.inputs.length === 1 && definitionOf(node.operator).rearranges === true);
  }
}

function idOf(tensor: Tensor): ValueId {
  return tensor['~trace'].id;
}

function found(tensors: ReadonlyMap<ValueId, Tensor> | undefined, id: ValueId): Tensor {
  const tensor = tensors?.get(id);
  if (tensor !== undefined) return tensor;
  throw new InternalError('INTERNAL_VALUE', `scan: nothing stands for %${id} of the body.`);
}

import type {
  DType,
  HostTensor,
  NodeV1,
  OperatorName,
  OperatorsV1,
  Shape,
  ValueId,
} from '@etalon/spec';

/**
 * Symbolic tensor: a value of the program that is being traced.
 *
 * It has a dtype and a shape but no data; the functions of this package take tensors and return new ones.
 * It is only of use inside the trace that made it.
 */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Brand, and the way back to the trace. For the compiler's own use. */
  readonly '~trace': { readonly builder: ProgramBuilder; readonly id: ValueId };
}

/** A tensor, or a number that becomes a constant of the other operand's dtype. */
export type TensorLike = Tensor | number;

/** How a value came about: the node that defines it, in terms of tensors. */
export interface Producer {
  readonly node: NodeV1;
  readonly inputs: readonly Tensor[];
}

/** The trace that operator functions add to. */
export interface ProgramBuilder {
  /** Adds a node and returns its only output. */
  emit<K extends OperatorName>(
    operator: K,
    inputs: readonly Tensor[],
    attributes: OperatorsV1[K],
  ): Tensor;
  /** Adds a node and returns all of its outputs. */
  emitAll<K extends OperatorName>(
    operator: K,
    inputs: readonly Tensor[],
    attributes: OperatorsV1[K],
  ): readonly Tensor[];
  /**
   * The tensor as this trace sees it: its own as they are, and those of a trace around it as inputs of this one.
   *
   * @throws {ProgramError} when it belongs to another program.
   */
  adopt(tensor: Tensor): Tensor;
  /** Number of traces around this one. */
  readonly depth: number;
  /** Adds a constant, whose data is not copied. Equal scalars are shared. */
  constant(tensor: HostTensor, path?: string): Tensor;
  /** Adds a constant that a program spells out: equal ones are shared. */
  literal(tensor: HostTensor): Tensor;
  /** Path of the nodes that are made now, without the operator. */
  readonly path: string;
  /** Runs `body` with one more part on the path of the nodes it makes. */
  scope<R>(part: string, body: () => R): R;
  /** Runs `body` with the given path instead of the current one. */
  at<R>(path: string, body: () => R): R;
  /** Stream of the next random draw at the current path, unique in this trace and those around it. */
  nextStream(hint: string): string;
  /** Nodes made so far. */
  readonly nodes: readonly NodeV1[];
  /** The tensor of a value. */
  tensor(id: ValueId): Tensor;
  /** The node that defines a tensor; `undefined` for inputs and constants. */
  producer(tensor: Tensor): Producer | undefined;
  /** The data of a constant; `undefined` for other tensors. */
  constantOf(tensor: Tensor): HostTensor | undefined;
}

/** Tells whether a value is a symbolic tensor. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && '~trace' in value;
}

import type {
  Dimension,
  DType,
  OperatorName,
  OperatorsV1,
  ProgramV1,
  ValueType,
} from '@etalon/spec';
import type { Producer, Tensor } from '../tracing/tensor.ts';
import type { OperandCount, OperandList, operandCounts } from './operand-counts.ts';

/** What a gradient rule sees of the node it differentiates. */
export interface GradientContext<N extends OperandCount, A> {
  readonly inputs: OperandList<N, Tensor>;
  readonly output: Tensor;
  /** Gradient of the loss with respect to the output; same shape as the output. */
  readonly outputGradient: Tensor;
  readonly attributes: A;
}

/**
 * Gradient with respect to each input, in order; `undefined` where none flows. A rule may return a
 * gradient in the shape that the operand broadcasts to: the sum over stretched axes is added centrally.
 */
export type GradientRule<N extends OperandCount, A> = (
  context: GradientContext<N, A>,
) => OperandList<N, Tensor | undefined>;

/** A tensor that is known when the loop stands. */
export type Later = () => Tensor;

/**
 * What a rule sees that sums a node of a loop's body over all iterations. Operands are tensors of the body, results are tensors of the
 * program around the loop.
 */
export interface IterationSumContext<N extends OperandCount, A> {
  readonly inputs: OperandList<N, Tensor>;
  readonly output: Tensor;
  readonly attributes: A;
  /** The node that made a tensor of the body. */
  readonly producer: (tensor: Tensor) => Producer | undefined;
  /** Whether a tensor of the body differs between iterations. */
  readonly varies: (tensor: Tensor) => boolean;
  /** The sum of a tensor over all iterations. */
  readonly sum: (tensor: Tensor) => Later;
  /** A tensor that varies, of all iterations: they are a new first axis. */
  readonly stacked: (tensor: Tensor) => Later;
  /** A tensor that does not vary. */
  readonly invariant: (tensor: Tensor) => Later;
}

/**
 * Computes the sum of a node over all iterations of a loop from the whole of what its operands were, outside of the loop: one
 * large product instead of many small ones that are added up. `undefined` where that is no gain.
 */
export type IterationSumRule<N extends OperandCount, A> = (
  context: IterationSumContext<N, A>,
) => Later | undefined;

/** What a decomposition sees of the node it replaces. */
export interface DecompositionContext<N extends OperandCount, A> {
  readonly inputs: OperandList<N, Tensor>;
  readonly attributes: A;
}

/** What an emptiness rule sees: some operand has a size of 0, the result has not. */
export interface EmptyContext<N extends OperandCount, A> {
  readonly inputs: OperandList<N, Tensor>;
  readonly attributes: A;
  readonly output: ValueType;
}

/** What a simplification sees of the node it may replace. */
export interface SimplifyContext<N extends OperandCount, A> {
  readonly inputs: OperandList<N, Tensor>;
  readonly attributes: A;
  readonly output: ValueType;
  /** The node that made a tensor; `undefined` for inputs and constants. */
  readonly producer: (tensor: Tensor) => Producer | undefined;
  /** The number that fills a tensor, where that is known. */
  readonly scalarOf: (tensor: Tensor) => number | undefined;
}

/** What is left of a node when results that nothing uses are left out. */
export interface Narrowed<A> {
  readonly attributes: A;
  /** Which operands stay. */
  readonly inputs: readonly boolean[];
  /** Which results stay: all that are used, and those that they need. */
  readonly outputs: readonly boolean[];
}

/** Everything that shared code needs to know about an operator with `N` operands and attributes `A`. */
export interface OperatorRule<N extends OperandCount, A> {
  /**
   * `core` operators must be run by a backend; `composite` ones are defined by their decomposition;
   * `random` ones become inputs before a backend sees them; `structural` ones hold programs.
   */
  readonly kind: 'core' | 'composite' | 'random' | 'structural';
  /**
   * Checks operands and attributes and returns the type of the result, or those of all results where there may
   * be several. Errors carry no path: the builder adds it.
   */
  readonly type: (
    inputs: OperandList<N, ValueType>,
    attributes: A,
  ) => ValueType | readonly ValueType[];
  /**
   * Gradient rule, or `'zero'` where nothing flows: the derivative is zero almost everywhere, or the
   * result is not real-valued. `'structural'` for operators that hold programs, whose gradients are programs
   * themselves: `autodiff/structural-gradients.ts` has them.
   */
  readonly gradient: GradientRule<N, A> | 'zero' | 'structural';
  /** How gradients of what a loop leaves unchanged are summed outside of it; absent where they add up inside. */
  readonly sumOverIterations?: IterationSumRule<N, A>;
  /** The same result by other operators. A backend that lacks the operator gets this instead. */
  readonly decompose?: (context: DecompositionContext<N, A>) => Tensor;
  /**
   * Result when an operand is empty and the result is not; it must not use the empty operands. Absent
   * where that cannot happen.
   */
  readonly whenEmpty?: (context: EmptyContext<N, A>) => Tensor;
  /**
   * A simpler way to the same result, or `undefined`: bit for bit, but that a sum may leave zeros out. Rules
   * look at how operands came about and must not add nodes when they give up.
   */
  readonly simplify?: (context: SimplifyContext<N, A>) => Tensor | undefined;
  /** Rewrites every dimension among the attributes, but not inside a body. Absent where there is none. */
  readonly mapDimensions?: (attributes: A, map: (dimension: Dimension) => Dimension) => A;
  /** Replaces the program that the attributes hold, by one with the same inputs and outputs. Absent where there is none. */
  readonly mapBody?: (attributes: A, map: (body: ProgramV1) => ProgramV1) => A;
  /**
   * Leaves out results that nothing uses, and the dead code of bodies. Absent where an operator has one result.
   *
   * @param removeDeadCode - does the same to a body.
   */
  readonly narrow?: (
    attributes: A,
    isUsed: readonly boolean[],
    removeDeadCode: (body: ProgramV1) => ProgramV1,
  ) => Narrowed<A>;
  /** How many times the body runs. */
  readonly repeats?: (attributes: A) => Dimension;
  /** Floating-point operations of one application; absent for data movement, and where a body has them. */
  readonly flops?: (
    inputs: OperandList<N, ValueType>,
    output: ValueType,
    attributes: A,
  ) => Dimension;
  /** The operand that holds indices, and the number of places that they may name. */
  readonly indices?: (
    inputs: OperandList<N, ValueType>,
    attributes: A,
  ) => { readonly operand: number; readonly limit: Dimension };
  /** Whether every element of the result is an element of the first operand; default no. */
  readonly rearranges?: true | ((inputs: OperandList<N, ValueType>, attributes: A) => boolean);
  /** Index of the operand that the manifest's `dtypes` speak of; default 0. */
  readonly dataOperand?: number;
}

/** Everything that shared code needs to know about one operator. */
export type OperatorDefinition<K extends OperatorName> = OperatorRule<
  (typeof operandCounts)[K],
  OperatorsV1[K]
>;

/** Part of the table of definitions: those of one family of operators. */
export type DefinitionsOf<K extends OperatorName> = {
  readonly [Name in K]: OperatorDefinition<Name>;
};

/** Element types of numbers. */
export const numericDTypes: readonly DType[] = ['float32', 'int32'];

/** Element types of real numbers. */
export const floatDTypes: readonly DType[] = ['float32'];

/** All element types. */
export const everyDType: readonly DType[] = ['float32', 'int32', 'bool', 'uint8'];

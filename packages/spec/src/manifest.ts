import type { DType } from './dtype.ts';
import type { OperatorName, OperatorsV1 } from './operators/index.ts';

/** Limit on one attribute of an operator, as data: a case outside it is declared unsupported. */
export type AttributeLimit<A> = {
  readonly [N in keyof A & string]: {
    readonly attribute: N;
    /** The values that are supported. */
    readonly oneOf: readonly A[N][];
  };
}[keyof A & string];

/** What a backend can do with one operator. */
export interface OperatorSupportOf<K extends OperatorName> {
  /**
   * Element types of the operator's *data* operands: those that its result's dtype is derived from
   * (`where`: the branches; `gather`: the first operand; `cast`: the source). An operator without
   * operands lists its result's dtype.
   */
  readonly dtypes: readonly DType[];
  /** Largest rank of any operand or result. */
  readonly maximumRank: number;
  readonly limits?: readonly AttributeLimit<OperatorsV1[K]>[];
  /**
   * Whether results on NaN and infinities are as specified. `false` makes the special-value cases of the
   * operator declared unsupported; its results on finite values are not affected.
   */
  readonly nonFinite: boolean;
}

/** Operators that a backend runs natively; the others are decomposed or refused. */
export type SupportedOperators = { readonly [K in OperatorName]?: OperatorSupportOf<K> };

/**
 * How precise a provider's transcendental functions are: `cpu` for libm-like code, `gpu` for what the
 * WebGPU Shading Language allows. Chooses budgets, not features.
 */
export type PrecisionClass = 'exact' | 'cpu' | 'gpu';

/** What a backend declares about itself. The only skip list of the conformance suite. */
export interface BackendManifestV1 {
  readonly operators: SupportedOperators;
  readonly precision: PrecisionClass;
  /** Whether subnormal float32 numbers survive arithmetic, or are flushed to zero. */
  readonly subnormals: 'kept' | 'flushed';
  /** Order of image axes that the engine computes in; the layout pass moves programs to it. */
  readonly imageLayout: 'nhwc' | 'nchw';
  /** Where a training loop runs best: several steps inside one program, or one program run per step. */
  readonly loopPolicy: 'inside' | 'stepwise';
  /**
   * Whether a run reads its device tensors where they lie, however large they are, or copies them first. Training
   * keeps a data set on the device only where that is free.
   */
  readonly deviceInputs: 'resident' | 'copied';
  /** Thread counts that can be asked for when the backend is created; one entry when fixed. */
  readonly threads: readonly number[];
  /** Whether two runs of one executable on equal inputs give equal bits. */
  readonly deterministic: boolean;
}

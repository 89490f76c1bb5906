import type { Tensor, TensorType } from '@etalon/compiler';
import type { HostTensor, OperatorName } from '@etalon/spec';

/** Tensors on the host by name. */
export type HostTensors = Readonly<Record<string, HostTensor>>;

/** Symbolic tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * What is known of a case's gradient. `smooth`: central differences apply. `convention`: the point lies on a
 * kink or a tie, where the specification chooses. `none`: not checked.
 */
export type GradientKind = 'smooth' | 'analytic' | 'none';

/** Expected values that come from outside: another implementation, or the specification's own words. */
export interface ExpectedValues {
  readonly outputs: HostTensors;
  /** Gradient of `Σ weights · output` with respect to each float32 input. */
  readonly gradients?: HostTensors;
  /** Gradient of `Σ secondWeights · gradient` with respect to each float32 input. */
  readonly secondGradients?: HostTensors;
}

/** One run of a case's program. */
export interface CaseRun {
  readonly inputs: HostTensors;
  /** Absent where only the oracle knows. */
  readonly expected?: ExpectedValues;
  /** Weights of each float32 output, by its name; seeded ones by default. */
  readonly weights?: HostTensors;
  /** Weights of each gradient, by the input's name; seeded ones by default. */
  readonly secondWeights?: HostTensors;
}

/** A small program with inputs: plain data but for `build`, which adds it to a trace. */
export interface ConformanceCase {
  /** Stable: `matmul/batched-broadcast-left`. */
  readonly id: string;
  /** Operators that the case is about; others may occur. */
  readonly operators: readonly OperatorName[];
  readonly types: Readonly<Record<string, TensorType>>;
  /** Adds the nodes to the open trace; called once for the values and again for each derivative. */
  readonly build: (inputs: Tensors) => Tensors;
  /** At least one. More than one: the same compiled program is run with other sizes or values. */
  readonly runs: readonly CaseRun[];
  readonly gradient: GradientKind;
  /** Whether the gradient's gradient is checked too. */
  readonly secondOrder: boolean;
  /** NaN or infinities are the point; declared unsupported where the manifest's `nonFinite` is false. */
  readonly special: boolean;
  /** Subnormal numbers are the point; declared unsupported where the manifest flushes them. */
  readonly subnormal: boolean;
}

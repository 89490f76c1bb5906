import type { Dimension } from '../dimension.ts';
import type { ProgramV1 } from '../program.ts';

/** What a {@link StructuralOperatorsV1.scan} repeats, and how. */
export interface ScanAttributes {
  /**
   * One iteration. Inputs in order: the index of the iteration (an int32 scalar), the carried values, a slice of each
   * stacked operand, the invariant operands. Outputs in order: the next carried values, a slice of each stacked
   * result. Nothing else reaches it; names of sizes are those of the program around it.
   */
  readonly body: ProgramV1;
  /** Number of iterations: the first axis of every stacked operand and result. */
  readonly length: Dimension;
  /** Number of carried values: the first operands, and the first results. */
  readonly carried: number;
  /** Number of stacked operands: those after the carried ones. Operands after these are invariant. */
  readonly stacked: number;
  /** Whether it runs from the last slice to the first; index, slices and results keep their place. */
  readonly reverse: boolean;
  /**
   * How random draws of the body are keyed: `append` adds the index of the iteration to the run's indices, as a loop
   * within a step does; `advance` adds it to the last of them, as steps that follow each other do, so that a scan
   * over training steps draws what single steps would.
   */
  readonly draws: 'append' | 'advance';
  /**
   * Whether the gradient computes the body's values again from the carried values, instead of keeping them: less memory for
   * more time. Without effect on results. Default false.
   */
  readonly checkpoint?: boolean;
}

/** Operators that hold programs. */
export interface StructuralOperatorsV1 {
  /**
   * Repeats a program: the only loop. Operands are the first carried values, the stacked operands (each cut along its
   * first axis, one slice an iteration) and the invariant ones; results are the last carried values, of the same
   * types, and the stacked results. With length 0 the carried values are returned as they came. JAX `lax.scan`.
   */
  readonly scan: ScanAttributes;
}

import type { Tensor } from '@etalon/compiler';

/** What one update of one parameter reads. */
export interface OptimizerContext {
  readonly parameter: Tensor;
  /** Gradient of the loss, in the parameter's shape. */
  readonly gradient: Tensor;
  /** Values kept since the last update, by slot name. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** float32 scalar: 1 at the first update. */
  readonly step: Tensor;
}

/** What one update of one parameter gives. */
export interface OptimizerUpdate {
  readonly parameter: Tensor;
  /** Values to keep for the next update, by slot name. */
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** Rule by which training changes parameters. */
export interface Optimizer {
  readonly name: string;
  /** Names of the values kept for each parameter, in its shape, first zero. */
  readonly slots: readonly string[];
  /**
   * Adds the nodes of one update.
   *
   * @throws {ShapeError} `SHAPE_OPTIMIZER` when gradient or slots have another shape than the parameter.
   * @throws {DTypeError} `DTYPE_OPTIMIZER` when something is not float32.
   * @throws {DataError} `OPTIMIZER_SLOT` when a slot is missing.
   */
  update(context: OptimizerContext): OptimizerUpdate;
}

/**
 * Size of a step: one number, or a function of the step's number that adds its nodes. The function gets the float32
 * scalar that is 1 at the first update and returns a float32 scalar.
 */
export type LearningRate = number | ((step: Tensor) => Tensor);

import type { Tensor, TensorsOf, TensorType } from '@etalon/compiler';
import {
  concat,
  formatType,
  isTensor,
  reshape,
  valueAndGradientWithAuxiliary,
} from '@etalon/compiler';
import { GradientError } from '@etalon/spec';
import type { Metric } from '../metrics/metric.ts';
import type { InputTypes, Model, NamedTensors } from '../model/model.ts';
import type { Variables } from '../model/variables.ts';
import { applyUpdates } from '../optimizers/apply-updates.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { OptimizerState } from '../optimizers/optimizer-state.ts';

/** Targets of a training task by name. */
export type TargetTypes = Readonly<Record<string, TensorType>>;

/** What is trained, towards what, and how. */
export interface TrainingTask<I extends InputTypes, O extends NamedTensors> {
  readonly model: Model<I, O>;
  readonly targets: TargetTypes;
  readonly loss: (outputs: O, targets: NamedTensors) => Tensor;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly optimizer: Optimizer;
}

/** Everything that training carries from step to step. */
export interface TrainingState<T> extends Variables<T> {
  readonly slots: OptimizerState<T, Readonly<Record<string, T>>>['slots'];
}

/** Types of one batch. */
export interface StepBatch {
  readonly inputs: InputTypes;
  readonly targets: TargetTypes;
}

/** Traces one training step: forward, backward and update. `done`, an int32 scalar, is the number of steps before. */
export function oneStep<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
  current: TrainingState<Tensor>,
  batch: TensorsOf<StepBatch>,
  done: Tensor,
): { readonly next: TrainingState<Tensor>; readonly report: Tensor } {
  const differentiate = valueAndGradientWithAuxiliary(
    (parameters: Readonly<Record<string, Tensor>>) => {
      const { outputs, state } = task.model.apply(
        { parameters, state: current.state },
        batch.inputs as TensorsOf<I>,
        { mode: 'train' },
      );
      const value = lossOf(task, outputs, batch.targets);
      return { value, auxiliary: { outputs, state } };
    },
  );
  const { value, gradients, auxiliary } = differentiate(current.parameters);
  const { parameters, state } = applyUpdates(task.optimizer, {
    parameters: current.parameters,
    gradients,
    state: { step: done, slots: current.slots },
  });
  return {
    next: { parameters, slots: state.slots, state: auxiliary.state },
    report: report(task, value, auxiliary.outputs, batch.targets),
  };
}

/** The task's loss, checked to be a float32 scalar. */
export function lossOf<I extends InputTypes, O extends NamedTensors>(
  { model, loss }: TrainingTask<I, O>,
  outputs: O,
  targets: NamedTensors,
): Tensor {
  const value: unknown = loss(outputs, targets);
  if (isTensor(value) && value.dtype === 'float32' && value.shape.length === 0) return value;
  throw new GradientError(
    'LOSS_NOT_SCALAR',
    `trainer of "${model.name}": the loss must be a float32 scalar, got ${isTensor(value) ? formatType(value) : String(value)}.\nFix: return a tensor, reduced with reduceMean().`,
  );
}

/** Loss, then total and count of each metric: a float32 vector. */
export function report<I extends InputTypes, O extends NamedTensors>(
  { metrics }: TrainingTask<I, O>,
  loss: Tensor,
  outputs: O,
  targets: NamedTensors,
): Tensor {
  const numbers = Object.values(metrics).flatMap((metric) => {
    const { total, count } = metric.compute(outputs, targets);
    return [total, count];
  });
  return concat([loss, ...numbers].map((number) => reshape(number, [1])));
}

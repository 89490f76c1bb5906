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
  /** Whether a parameter is trained; the others stay as they are. */
  readonly isTrained: (path: string) => boolean;
  /** What the optimizer gets in place of the gradients. */
  readonly transformGradients: (gradients: NamedTensors) => NamedTensors;
}

/** Everything that training carries from step to step. */
export interface TrainingState<T> extends Variables<T> {
  /** Of the parameters that are trained. */
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
  const { trained, frozen } = partition(current.parameters, task.isTrained);
  const differentiate = valueAndGradientWithAuxiliary((parameters: NamedTensors) => {
    const { outputs, state } = task.model.apply(
      { parameters: { ...frozen, ...parameters }, state: current.state },
      batch.inputs as TensorsOf<I>,
      { mode: 'train' },
    );
    const value = lossOf(task, outputs, batch.targets);
    return { value, auxiliary: { outputs, state } };
  });
  const { value, gradients, auxiliary } = differentiate(trained);
  const updated = applyUpdates(task.optimizer, {
    parameters: trained,
    gradients: task.transformGradients(gradients),
    state: { step: done, slots: current.slots },
  });
  // In the order of the parameters, frozen or not: state keeps its names and places.
  const parameters = Object.fromEntries(
    Object.entries(current.parameters).map(([path, parameter]) => [
      path,
      updated.parameters[path] ?? parameter,
    ]),
  );
  return {
    next: { parameters, slots: updated.state.slots, state: auxiliary.state },
    report: report(task, value, auxiliary.outputs, batch.targets),
  };
}

/** Parts parameters, or anything by their paths, into those that are trained and the others. */
export function partition<T>(
  values: Readonly<Record<string, T>>,
  isTrained: (path: string) => boolean,
): { readonly trained: Readonly<Record<string, T>>; readonly frozen: Readonly<Record<string, T>> } {
  const entries = Object.entries(values);
  return {
    trained: Object.fromEntries(entries.filter(([path]) => isTrained(path))),
    frozen: Object.fromEntries(entries.filter(([path]) => !isTrained(path))),
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

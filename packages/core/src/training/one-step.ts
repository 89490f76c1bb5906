import type { Tensor, TensorsOf, TensorType } from '@etalon/compiler';
import {
  concat,
  formatType,
  isTensor,
  nameScope,
  reshape,
  valueAndGradientWithAuxiliary,
} from '@etalon/compiler';
import { DataError, GradientError } from '@etalon/spec';
import type { Metric } from '../metrics/metric.ts';
import type { InputTypes, Model, NamedTensors } from '../model/model.ts';
import type { Variables } from '../model/variables.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';

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

/** Optimizer state: for each slot a value for each parameter. */
export type SlotTypes<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

/** Everything that training carries from step to step. */
export interface TrainingState<T> extends Variables<T> {
  readonly slots: SlotTypes<T>;
}

/** Types of one batch. */
export interface StepBatch {
  readonly inputs: InputTypes;
  readonly targets: TargetTypes;
}

/** Traces one training step: forward, backward and update. `number` counts from 1. */
export function oneStep<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
  current: TrainingState<Tensor>,
  batch: TensorsOf<StepBatch>,
  number: Tensor,
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
  const { parameters, slots } = update(task.optimizer, current, gradients, number);
  return {
    next: { parameters, slots, state: auxiliary.state },
    report: report(task, value, auxiliary.outputs, batch.targets),
  };
}

function update(
  optimizer: Optimizer,
  { parameters, slots }: TrainingState<Tensor>,
  gradients: Readonly<Record<string, Tensor>>,
  step: Tensor,
): Pick<TrainingState<Tensor>, 'parameters' | 'slots'> {
  const nextParameters: Record<string, Tensor> = {};
  const nextSlots: Record<string, Record<string, Tensor>> = Object.fromEntries(
    optimizer.slots.map((slot) => [slot, {}]),
  );
  for (const [path, parameter] of Object.entries(parameters)) {
    const gradient = gradients[path];
    if (gradient === undefined) continue;
    const own = Object.fromEntries(
      Object.entries(slots).flatMap(([slot, values]) => {
        const value = values[path];
        return value === undefined ? [] : [[slot, value]];
      }),
    );
    const updated = nameScope(optimizer.name, () =>
      nameScope(path, () => optimizer.update({ parameter, gradient, slots: own, step })),
    );
    nextParameters[path] = updated.parameter;
    for (const [slot, values] of Object.entries(nextSlots)) {
      values[path] = slotAfter(optimizer.name, updated.slots, slot);
    }
  }
  return { parameters: nextParameters, slots: nextSlots };
}

// A slot left out would be lost: the program would take it and not give it back.
function slotAfter(
  optimizer: string,
  slots: Readonly<Record<string, Tensor>>,
  name: string,
): Tensor {
  const slot = Object.hasOwn(slots, name) ? slots[name] : undefined;
  if (slot !== undefined) return slot;
  throw new DataError(
    'OPTIMIZER_SLOT',
    `${optimizer}: update() must return a value for every slot, got ${JSON.stringify(Object.keys(slots))}.\nExpected "${name}" among them.`,
    { details: { slot: name } },
  );
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

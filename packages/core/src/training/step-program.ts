import type { Tensor, TensorsOf, TensorType } from '@etalon/compiler';
import {
  add,
  atIteration,
  cast,
  concat,
  formatType,
  isTensor,
  nameScope,
  reshape,
  tensor,
  traceProgram,
  valueAndGradientWithAuxiliary,
} from '@etalon/compiler';
import type { ProgramV1 } from '@etalon/spec';
import { DataError, GradientError } from '@etalon/spec';
import type { Metric } from '../metrics/metric.ts';
import { stateOf } from '../model/define-model.ts';
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

interface StepBatch {
  readonly inputs: InputTypes;
  readonly targets: TargetTypes;
}

/** Types of what training carries. */
function trainingStateTypes<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
): TrainingState<TensorType> {
  const { parameters, state } = stateOf(task.model);
  const slots = Object.fromEntries(task.optimizer.slots.map((slot) => [slot, parameters]));
  return { parameters, state, slots };
}

/**
 * Builds the program of one or more training steps: forward, backward and update in one.
 *
 * Inputs: the training state; `iteration`, an int32 scalar, the number of steps done before; `batches/0/inputs/…`,
 * `batches/0/targets/…` and so on. Outputs: the new state under the same names, and `report`, float32
 * `[steps, 1 + 2·metrics]`: loss, then each metric's total and count.
 */
export function stepProgram<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
  steps: number,
): ProgramV1 {
  const batch: StepBatch = { inputs: task.model.inputs, targets: task.targets };
  const inputs = {
    ...trainingStateTypes(task),
    iteration: tensor('int32', []),
    batches: Array.from({ length: steps }, () => batch),
  };
  return traceProgram(`${task.model.name} training step`, inputs, (symbols) => {
    let { parameters, state, slots }: TrainingState<Tensor> = symbols;
    const reports: Tensor[] = [];
    symbols.batches.forEach((symbolic, index) => {
      const number = cast(add(symbols.iteration, index + 1), 'float32');
      const step = atIteration(index, () =>
        oneStep(task, { parameters, state, slots }, symbolic, number),
      );
      ({ parameters, state, slots } = step.next);
      reports.push(step.report);
    });
    return { parameters, state, slots, report: concat(reports) };
  });
}

function oneStep<I extends InputTypes, O extends NamedTensors>(
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
function lossOf<I extends InputTypes, O extends NamedTensors>(
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

// Loss, then total and count of each metric: one row.
function report<I extends InputTypes, O extends NamedTensors>(
  { metrics }: TrainingTask<I, O>,
  loss: Tensor,
  outputs: O,
  targets: NamedTensors,
): Tensor {
  const numbers = Object.values(metrics).flatMap((metric) => {
    const { total, count } = metric.compute(outputs, targets);
    return [total, count];
  });
  const row = [loss, ...numbers].map((number) => reshape(number, [1, 1]));
  return concat(row, { axis: 1 });
}

/**
 * Builds the evaluation program: variables, `batches/0/inputs/…` and `batches/0/targets/…` to `report`, as in the
 * training step but without dropout and without an update.
 */
export function evaluationProgram<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
): ProgramV1 {
  const batch: StepBatch = { inputs: task.model.inputs, targets: task.targets };
  const inputs = { ...stateOf(task.model), batches: [batch] };
  return traceProgram(`${task.model.name} evaluation`, inputs, ({ parameters, state, batches }) => {
    const [symbolic] = batches as readonly [TensorsOf<StepBatch>];
    const applied = task.model.apply({ parameters, state }, symbolic.inputs as TensorsOf<I>, {
      mode: 'infer',
    });
    const loss = lossOf(task, applied.outputs, symbolic.targets);
    return { report: report(task, loss, applied.outputs, symbolic.targets) };
  });
}

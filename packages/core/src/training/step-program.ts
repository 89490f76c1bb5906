import type { Tensor, TensorsOf, TensorType } from '@etalon/compiler';
import { add, gather, scan, shapesEqual, tensor, traceProgram } from '@etalon/compiler';
import type { ProgramV1 } from '@etalon/spec';
import { stateOf } from '../model/define-model.ts';
import type { InputTypes, NamedTensors } from '../model/model.ts';
import { optimizerState } from '../optimizers/optimizer-state.ts';
import type { StepBatch, TrainingState, TrainingTask } from './one-step.ts';
import { lossOf, oneStep, partition, report } from './one-step.ts';
import { batchDimension } from './task.ts';

type Types = Readonly<Record<string, TensorType>>;

/** Types of what training carries. */
function trainingStateTypes<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
): TrainingState<TensorType> {
  const { parameters, state } = stateOf(task.model);
  const { trained } = partition(parameters, task.isTrained);
  const { slots } = optimizerState(task.optimizer, trained);
  return { parameters, state, slots };
}

/**
 * Builds the program of one training step: forward, backward and update in one.
 *
 * Inputs: the training state; `iteration`, an int32 scalar, the number of steps done before; `batch/inputs/…` and
 * `batch/targets/…`. Outputs: the new state under the same names, and `report`, float32 `[1 + 2·metrics]`: loss, then
 * each metric's total and count.
 */
export function stepProgram<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
): ProgramV1 {
  const batch: StepBatch = { inputs: task.model.inputs, targets: task.targets };
  const inputs = { ...trainingStateTypes(task), iteration: tensor('int32', []), batch };
  return traceProgram(
    `${task.model.name} training step`,
    inputs,
    ({ iteration, batch: symbolic, ...state }) => {
      const step = oneStep(task, state, symbolic, iteration);
      return { ...step.next, report: step.report };
    },
  );
}

/**
 * Builds the program of as many training steps as `indices` has rows: a scan over batches that are gathered by index
 * from data which all steps share.
 *
 * Inputs: the training state; `iteration` as in {@link stepProgram}; `indices`, int32 `[steps, batch]`, the rows of each
 * batch; `data/inputs/…` and `data/targets/…`, whose first axis are all rows. Outputs: the new state, and `report`,
 * float32 `[steps, 1 + 2·metrics]`. The same seed draws what single steps would.
 */
export function loopProgram<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
): ProgramV1 {
  const { model, targets } = task;
  const [rows, steps] = unusedNames(['rows', 'steps'], [model.inputs, targets]);
  const whole = (types: Types): Types =>
    Object.fromEntries(
      Object.entries(types).map(([name, { dtype, shape }]) => [
        name,
        tensor(dtype, [rows, ...shape.slice(1)]),
      ]),
    );
  const inputs = {
    ...trainingStateTypes(task),
    iteration: tensor('int32', []),
    indices: tensor('int32', [steps, batchDimension(model.inputs)]),
    data: { inputs: whole(model.inputs), targets: whole(targets) },
  };
  return traceProgram(
    `${model.name} training steps`,
    inputs,
    ({ iteration, indices, data, ...first }) => {
      const { carried, stacked } = scan(
        (state: TrainingState<Tensor>, batch: Tensor, index: Tensor) => {
          const rowsOf = (fields: NamedTensors): NamedTensors =>
            Object.fromEntries(
              Object.entries(fields).map(([name, field]) => [name, gather(field, batch)]),
            );
          const examples = { inputs: rowsOf(data.inputs), targets: rowsOf(data.targets) };
          const step = oneStep(task, state, examples, add(iteration, index));
          return { carried: step.next, stacked: step.report };
        },
        { carried: first, stacked: indices, draws: 'advance' },
      );
      return { ...carried, report: stacked };
    },
  );
}

/** Tells whether every field of a task begins with the one axis of examples, as gathered batches do. */
export function canLoop<I extends InputTypes, O extends NamedTensors>({
  model,
  targets,
}: Pick<TrainingTask<I, O>, 'model' | 'targets'>): boolean {
  const batch = batchDimension(model.inputs);
  // An expression is bound by axes that only whole inputs have.
  if (typeof batch === 'object') return false;
  return [...Object.values(model.inputs), ...Object.values(targets)].every(
    ({ shape: [first] }) => first !== undefined && shapesEqual([first], [batch]),
  );
}

function unusedNames(
  names: readonly [string, string],
  types: readonly Types[],
): readonly [string, string] {
  const sizes = types.flatMap((each) => Object.values(each).flatMap(({ shape }) => shape));
  const taken = new Set(JSON.stringify(sizes).match(/\w+/gu));
  const unused = (name: string): string => (taken.has(name) ? unused(`${name}_`) : name);
  return [unused(names[0]), unused(names[1])];
}

/**
 * Builds the evaluation program: variables, `batch/inputs/…` and `batch/targets/…` to `report`, as in the training step
 * but without dropout and without an update.
 */
export function evaluationProgram<I extends InputTypes, O extends NamedTensors>(
  task: TrainingTask<I, O>,
): ProgramV1 {
  const batch: StepBatch = { inputs: task.model.inputs, targets: task.targets };
  const inputs = { ...stateOf(task.model), batch };
  return traceProgram(
    `${task.model.name} evaluation`,
    inputs,
    ({ batch: symbolic, ...variables }) => {
      const applied = task.model.apply(variables, symbolic.inputs as TensorsOf<I>, {
        mode: 'infer',
      });
      const loss = lossOf(task, applied.outputs, symbolic.targets);
      return { report: report(task, loss, applied.outputs, symbolic.targets) };
    },
  );
}

import { evaluateDimension } from '@etalon/compiler';
import type { Dimension, ValueId } from '@etalon/spec';
import { BackendError, EtalonError, InternalError } from '@etalon/spec';
import type { Engine } from './engines/engine.ts';
import { engineDTypes } from './engines/engine.ts';
import type { KernelStep, PlannedProgram, ScanStep, ShapePlan } from './plan.ts';
import type { TfjsTensor } from './runtime.ts';
import { Scope } from './scope.ts';
import { copySlice, pasteSlice } from './slices.ts';

/**
 * Runs a program, or the body of a loop: nodes in order, each value's memory given back after its last use.
 *
 * @param inputs - in the program's order; they stay the caller's.
 * @returns outputs in the program's order, which are the caller's.
 * @throws {BackendError} when the engine fails; nothing that the run made is left then.
 */
export function runProgram(
  engine: Engine,
  { program, steps, constants }: PlannedProgram,
  plan: ShapePlan,
  inputs: readonly TfjsTensor[],
): readonly TfjsTensor[] {
  const given = new Map<ValueId, TfjsTensor>(constants);
  program.inputs.forEach(({ value }, index) => {
    given.set(value, inputs[index] as TfjsTensor);
  });
  const values = new Map<ValueId, TfjsTensor>();
  const tensorOf = (id: ValueId) => {
    const tensor = values.get(id) ?? given.get(id);
    if (tensor !== undefined) return tensor;
    throw new InternalError(
      'INTERNAL_VALUE',
      `${program.name}: value %${id} is used before it is defined or after its last use. This is a bug in @etalon/tfjs or in the program's verifier.`,
    );
  };
  try {
    for (const step of steps) {
      const { node, lastUses } = step;
      const operands = node.inputs.map(tensorOf);
      const where = `${program.name} › ${node.path}`;
      const results = guard(engine, where, () =>
        'body' in step
          ? runScan(engine, step, plan, operands)
          : [runKernel(engine, step, plan, operands)],
      );
      node.outputs.forEach((value, at) => {
        values.set(value, results[at] as TfjsTensor);
      });
      for (const value of lastUses) {
        engine.release(tensorOf(value));
        values.delete(value);
      }
    }
    return program.outputs.map(({ value }) => {
      const tensor = tensorOf(value);
      return engine.share(tensor, tensor.shape);
    });
  } finally {
    for (const tensor of values.values()) engine.release(tensor);
  }
}

function runKernel(
  engine: Engine,
  { node, kernel, dtype }: KernelStep,
  { bindings, shapes }: ShapePlan,
  inputs: readonly TfjsTensor[],
): TfjsTensor {
  const scope = new Scope(engine);
  let result: TfjsTensor | undefined;
  try {
    result = kernel.run({
      scope,
      inputs,
      attributes: node.attributes,
      dtype,
      shape: shapes[node.outputs[0] ?? -1] ?? [],
      sizeOf: (dimension: Dimension) => evaluateDimension(dimension, bindings),
    });
    return result;
  } finally {
    scope.close(result);
  }
}

/** Runs the body of a loop once for each slice; stacked results are written to their places in one tensor each. */
function runScan(
  engine: Engine,
  step: ScanStep,
  plan: ShapePlan,
  operands: readonly TfjsTensor[],
): readonly TfjsTensor[] {
  const { attributes, outputs } = step.node;
  const { carried, stacked, reverse } = attributes;
  const inside = plan.bodies.get(step) as ShapePlan;
  const length = evaluateDimension(attributes.length, plan.bindings);
  const wholes = operands.slice(carried, carried + stacked);
  const invariants = operands.slice(carried + stacked);
  const stacks: TfjsTensor[] = [];
  let state: readonly TfjsTensor[] = [];
  try {
    state = operands.slice(0, carried).map((tensor) => engine.share(tensor, tensor.shape));
    for (const [at, { value }] of step.body.program.outputs.entries()) {
      if (at < carried) continue;
      const dtype = step.body.program.values[value]?.dtype ?? 'float32';
      stacks.push(engine.allocate(engineDTypes[dtype], plan.shapes[outputs[at] ?? -1] ?? []));
    }
    for (let done = 0; done < length; done += 1) {
      const index = reverse ? length - 1 - done : done;
      const made: TfjsTensor[] = [];
      try {
        made.push(engine.place('int32', [], Int32Array.of(index)));
        for (const whole of wholes) made.push(copySlice(engine, whole, index));
        const [iteration, ...slices] = made as [TfjsTensor, ...TfjsTensor[]];
        const bodyInputs = [iteration, ...state, ...slices, ...invariants];
        const results = runProgram(engine, step.body, inside, bodyInputs);
        made.push(...state, ...results.slice(carried));
        state = results.slice(0, carried);
        stacks.forEach((stack, at) => {
          pasteSlice(engine, stack, results[carried + at] as TfjsTensor, index);
        });
      } finally {
        for (const tensor of made) engine.release(tensor);
      }
    }
    return [...state, ...stacks];
  } catch (error) {
    for (const tensor of [...state, ...stacks]) engine.release(tensor);
    throw error;
  }
}

/** Wraps what the engine throws; errors of this project, a loop's body's among them, say where they come from. */
function guard<T>(engine: Engine, where: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw EtalonError.isInstance(cause) ? cause : runFailed(where, engine.name, cause);
  }
}

function runFailed(where: string, engine: string, cause: unknown): BackendError {
  const [message] = String(cause instanceof Error ? cause.message : cause).split('\n', 1);
  return new BackendError(
    'BACKEND_RUN_FAILED',
    `${where}: TensorFlow.js failed on "${engine}", got ${JSON.stringify(message)}.\nThe inputs are untouched, aliased ones too.`,
    { cause, details: { engine } },
  );
}

import { evaluateDimension } from '@etalon/compiler';
import type { Dimension, ValueId } from '@etalon/spec';
import { BackendError } from '@etalon/spec';
import type { Engine } from './engines/engine.ts';
import type { ShapePlan, Step } from './plan.ts';
import type { TfjsTensor } from './runtime.ts';
import { Scope } from './scope.ts';

/** A program on an engine. */
export interface StepRun {
  readonly engine: Engine;
  /** Name of the program, for messages. */
  readonly program: string;
  readonly steps: readonly Step[];
  readonly plan: ShapePlan;
  /** Inputs and constants by value: they stay the caller's. */
  readonly given: ReadonlyMap<ValueId, TfjsTensor>;
  /** Values to return, which are the caller's from then on; one may be asked for twice. */
  readonly results: readonly ValueId[];
}

/**
 * Runs nodes in order, each value's memory given back after its last use.
 *
 * @throws {BackendError} when the engine fails; nothing that the run made is left then.
 */
export function runSteps(run: StepRun): readonly TfjsTensor[] {
  const { engine, given, plan, program, results, steps } = run;
  const values = new Map<ValueId, TfjsTensor>();
  const sizeOf = (dimension: Dimension) => evaluateDimension(dimension, plan.bindings);
  const tensorOf = (id: ValueId) => (values.get(id) ?? given.get(id)) as TfjsTensor;
  try {
    for (const { node, kernel, inputs, output, dtype, lastUses } of steps) {
      const scope = new Scope(engine);
      let result: TfjsTensor | undefined;
      try {
        result = kernel.run({
          scope,
          inputs: inputs.map(tensorOf),
          attributes: node.attributes,
          dtype,
          shape: plan.shapes[output] ?? [],
          sizeOf,
        });
      } catch (cause) {
        throw runFailed(`${program} › ${node.path}`, engine.name, cause);
      } finally {
        scope.close(result);
      }
      values.set(output, result);
      for (const value of lastUses) {
        engine.release(tensorOf(value));
        values.delete(value);
      }
    }
    return results.map((value) => {
      const tensor = tensorOf(value);
      return engine.share(tensor, tensor.shape);
    });
  } finally {
    for (const tensor of values.values()) engine.release(tensor);
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

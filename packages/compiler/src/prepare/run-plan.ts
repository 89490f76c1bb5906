import type { DimensionBindings, ProgramV1, RunInputs } from '@etalon/spec';
import { bindInputShapes, evaluateDimension, evaluateShape } from '../dimension/index.ts';
import type { RandomInput } from '../passes/hoist-randomness.ts';
import type { IndexGuard } from '../passes/index-guards.ts';
import type { SizeCheck } from '../passes/zero-guard.ts';
import { checkSizes } from '../passes/zero-guard.ts';

/** What follows from the shapes of a run's inputs. */
export interface RunPlan {
  readonly bindings: DimensionBindings;
  readonly sizes: SizeCheck;
  /** Shape of each random draw. */
  readonly drawShapes: readonly (readonly number[])[];
  /** Number of places that the indices under each guard may name; `undefined` where nothing is indexed. */
  readonly indexLimits: readonly (number | undefined)[];
}

/** What plans are made from. */
export interface PlannedProgram {
  /** The program as the caller knows it: its inputs are those of a run. */
  readonly source: ProgramV1;
  /** The program that the engine gets. */
  readonly prepared: ProgramV1;
  readonly draws: readonly RandomInput[];
  readonly guards: readonly IndexGuard[];
}

/** Plans kept for one program: a training run and its evaluations use two or three batch sizes. */
const planLimit = 32;

/**
 * Checks shapes and works out what follows from them. Runs mostly repeat the shapes of the one before, which then
 * cost a comparison.
 */
export class RunPlanner {
  readonly #program: PlannedProgram;
  readonly #names: readonly string[];
  readonly #plans: Map<string, RunPlan> = new Map();
  readonly #onForget: (plan: RunPlan) => void;
  #lastShapes: readonly (readonly number[])[] = [];
  #last: RunPlan | undefined;

  /** @param onForget - called with a plan that is kept no longer. */
  constructor(program: PlannedProgram, onForget: (plan: RunPlan) => void) {
    this.#program = program;
    this.#names = program.source.inputs.map(({ name }) => name);
    this.#onForget = onForget;
  }

  /**
   * Returns the plan for a run's inputs.
   *
   * @throws {DataError} when one is missing.
   * @throws {ShapeError} when their shapes do not fit the program.
   */
  plan(inputs: RunInputs): RunPlan {
    if (this.#last !== undefined && this.#repeats(inputs)) return this.#last;
    const shapes: Record<string, readonly number[]> = {};
    // Copies: the caller may change its array before the next run.
    for (const name of Object.keys(inputs)) shapes[name] = [...(inputs[name]?.shape ?? [])];
    const bindings = bindInputShapes(this.#program.source, shapes);
    this.#last = this.#planFor(bindings);
    this.#lastShapes = this.#names.map((name) => shapes[name] ?? []);
    return this.#last;
  }

  #repeats(inputs: RunInputs): boolean {
    for (let at = 0; at < this.#names.length; at++) {
      const shape = inputs[this.#names[at] ?? '']?.shape;
      const known = this.#lastShapes[at];
      if (shape === undefined || known === undefined || shape.length !== known.length) return false;
      for (let axis = 0; axis < known.length; axis++) {
        if (shape[axis] !== known[axis]) return false;
      }
    }
    return true;
  }

  #planFor(bindings: DimensionBindings): RunPlan {
    const key = JSON.stringify(bindings);
    const plan = this.#plans.get(key) ?? this.#make(bindings);
    // Last in the map is last used.
    this.#plans.delete(key);
    this.#plans.set(key, plan);
    const [[oldest, forgotten] = []] = this.#plans;
    if (this.#plans.size > planLimit && oldest !== undefined && forgotten !== undefined) {
      this.#plans.delete(oldest);
      this.#onForget(forgotten);
    }
    return plan;
  }

  #make(bindings: DimensionBindings): RunPlan {
    const { prepared, draws, guards } = this.#program;
    return {
      bindings,
      sizes: checkSizes(prepared, bindings),
      drawShapes: draws.map(({ shape }) => evaluateShape(shape, bindings)),
      indexLimits: guards.map(({ limit, loops }) =>
        evaluateShape(loops, bindings).includes(0) ? undefined : evaluateDimension(limit, bindings),
      ),
    };
  }
}

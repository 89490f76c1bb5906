import { bindInputShapes, evaluateShape } from '@etalon/compiler';
import type { ProgramV1, Shape } from '@etalon/spec';
import type { BufferSlot } from './buffer-pool.ts';
import { bufferSlot } from './buffer-pool.ts';
import { sameShape } from './host-tensor.ts';

/** What follows from the shapes of a run's inputs. */
export interface ShapePlan {
  /** Shapes that the plan was made for, in the order of the program's inputs. */
  readonly inputShapes: readonly (readonly number[])[];
  /** In the order of the program's outputs. */
  readonly outputs: readonly BufferSlot[];
}

/**
 * Plans that one executable keeps: the batch sizes that a training run and its evaluations use are two or
 * three, and a server with free sizes re-plans in microseconds.
 */
const PLAN_LIMIT = 32;

/** Checks input shapes and works out output shapes; repeated shapes cost a comparison. */
export class ShapePlanner {
  readonly #program: ProgramV1;
  readonly #plans = new Map<string, ShapePlan>();
  #last: ShapePlan | undefined;

  constructor(program: ProgramV1) {
    this.#program = program;
  }

  /** The plan of the latest run. */
  get last(): ShapePlan | undefined {
    return this.#last;
  }

  /**
   * Returns the plan for input shapes given in the order of the program's inputs.
   *
   * @throws {ShapeError} when they do not fit the program.
   */
  plan(shapes: readonly { readonly shape: readonly number[] }[]): ShapePlan {
    const last = this.#last;
    if (last?.inputShapes.every((shape, index) => sameShape(shape, shapes[index]?.shape ?? []))) {
      return last;
    }
    const key = shapes.map(({ shape }) => shape.join()).join(';');
    const plan = this.#plans.get(key) ?? this.#add(key, shapes);
    this.#last = plan;
    return plan;
  }

  #add(key: string, inputs: readonly { readonly shape: readonly number[] }[]): ShapePlan {
    const plan = this.#make(inputs.map(({ shape }) => shape));
    if (this.#plans.size >= PLAN_LIMIT) this.#plans.clear();
    this.#plans.set(key, plan);
    return plan;
  }

  #make(shapes: readonly (readonly number[])[]): ShapePlan {
    const { inputs, outputs, values } = this.#program;
    const named = Object.fromEntries(inputs.map(({ name }, index) => [name, shapes[index] ?? []]));
    const bindings = bindInputShapes(this.#program, named);
    return {
      // Copies: a caller may change its array later, and the cache must not follow.
      inputShapes: shapes.map((shape) => [...shape]),
      outputs: outputs.map(({ value }) => {
        const { dtype, shape } = values[value] ?? { dtype: 'float32', shape: [] as Shape };
        return bufferSlot(dtype, evaluateShape(shape, bindings));
      }),
    };
  }
}

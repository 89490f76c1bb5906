import { bindInputShapes, evaluateShape } from '@etalon/compiler';
import type { DimensionBindings, DType, NodeV1, ProgramV1, ValueId } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { AnyKernel } from './kernels/table.ts';
import { kernelOf } from './kernels/table.ts';

/** One node, ready to run. */
export interface Step {
  readonly node: NodeV1;
  readonly kernel: AnyKernel;
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
  readonly dtype: DType;
  /** Values that nothing reads after this node: their memory goes back at once. */
  readonly lastUses: readonly ValueId[];
}

/** Returns the nodes of a program with what each leaves unused. */
export function planSteps(program: ProgramV1): readonly Step[] {
  const kept = new Set<ValueId>(program.outputs.map(({ value }) => value));
  const made = new Set<ValueId>(program.nodes.flatMap(({ outputs }) => outputs));
  const steps: Step[] = [];
  for (const node of program.nodes.toReversed()) {
    const [output = -1] = node.outputs;
    const lastUses: ValueId[] = [];
    for (const value of [...node.inputs, output]) {
      if (kept.has(value)) continue;
      kept.add(value);
      if (made.has(value)) lastUses.push(value);
    }
    steps.push({ ...stepOf(program, node, output), lastUses });
  }
  return steps.reverse();
}

function stepOf(program: ProgramV1, node: NodeV1, output: ValueId): Omit<Step, 'lastUses'> {
  const kernel = kernelOf(node);
  const type = program.values[output];
  if (kernel === undefined || type === undefined) {
    throw new InternalError(
      'INTERNAL_OPERATOR',
      `${program.name} › ${node.path}: a node needs a row and a result, got ${JSON.stringify(node)}. This is a bug in @etalon/tfjs.`,
    );
  }
  return { node, kernel, inputs: node.inputs, output, dtype: type.dtype };
}

/** What follows from the shapes of a run's inputs. */
export interface ShapePlan {
  readonly bindings: DimensionBindings;
  /** Concrete shape of each value of the program. */
  readonly shapes: readonly (readonly number[])[];
}

/** Plans that an executable keeps: training and its evaluations use two or three batch sizes. */
const PLAN_LIMIT = 32;

/** Checks input shapes and works out all others; repeated shapes cost a look-up. */
export class ShapePlanner {
  readonly #program: ProgramV1;
  readonly #plans = new Map<string, ShapePlan>();

  constructor(program: ProgramV1) {
    this.#program = program;
  }

  /**
   * Returns the plan for input shapes in the order of the program's inputs.
   *
   * @throws {ShapeError} when they do not fit the program.
   */
  plan(inputs: readonly { readonly shape: readonly number[] }[]): ShapePlan {
    const key = inputs.map(({ shape }) => shape.join()).join(';');
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const named = this.#program.inputs.map(
      ({ name }, index) => [name, inputs[index]?.shape ?? []] as const,
    );
    const bindings = bindInputShapes(this.#program, Object.fromEntries(named));
    const shapes = this.#program.values.map(({ shape }) => evaluateShape(shape, bindings));
    if (this.#plans.size >= PLAN_LIMIT) this.#plans.clear();
    const plan = { bindings, shapes };
    this.#plans.set(key, plan);
    return plan;
  }
}

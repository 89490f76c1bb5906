import { bindInputShapes, evaluateShape } from '@etalon/compiler';
import type {
  DimensionBindings,
  HostTensor,
  NodeOf,
  NodeV1,
  ProgramV1,
  ValueId,
  ValueType,
} from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { AnyKernel } from './kernels/table.ts';
import { kernelOf } from './kernels/table.ts';
import type { TfjsTensor } from './runtime.ts';

/** What every step has. */
interface StepTraits {
  /** Values that nothing reads after this node: their memory goes back at once. */
  readonly lastUses: readonly ValueId[];
  /** Element type of the first result. */
  readonly dtype: ValueType['dtype'];
}

/** A node that a row of the table computes. */
export interface KernelStep extends StepTraits {
  readonly node: NodeV1;
  readonly kernel: AnyKernel;
}

/** A loop, with its body made ready too. */
export interface ScanStep extends StepTraits {
  readonly node: NodeOf<'scan'>;
  readonly body: PlannedProgram;
}

/** One node, ready to run. */
export type Step = KernelStep | ScanStep;

/** A program, or the body of a loop, ready to run. */
export interface PlannedProgram {
  readonly program: ProgramV1;
  readonly steps: readonly Step[];
  /** Its constants in the engine's memory. */
  readonly constants: ReadonlyMap<ValueId, TfjsTensor>;
}

/**
 * Makes a program ready.
 *
 * @param place - puts a constant into the engine's memory.
 */
export function planProgram(
  program: ProgramV1,
  place: (constant: HostTensor) => TfjsTensor,
): PlannedProgram {
  const kept = new Set<ValueId>(program.outputs.map(({ value }) => value));
  const made = new Set<ValueId>(program.nodes.flatMap(({ outputs }) => outputs));
  const steps: Step[] = [];
  for (const node of program.nodes.toReversed()) {
    const lastUses: ValueId[] = [];
    for (const value of [...node.inputs, ...node.outputs]) {
      if (kept.has(value)) continue;
      kept.add(value);
      if (made.has(value)) lastUses.push(value);
    }
    const dtype = program.values[node.outputs[0] ?? -1]?.dtype ?? 'float32';
    const traits = { lastUses, dtype };
    steps.push(
      node.operator === 'scan'
        ? { node, body: planProgram(node.attributes.body, place), ...traits }
        : { node, kernel: requireKernel(program, node), ...traits },
    );
  }
  const constants = program.constants.map(({ value, tensor }) => [value, place(tensor)] as const);
  return { program, steps: steps.reverse(), constants: new Map(constants) };
}

function requireKernel(program: ProgramV1, node: NodeV1): AnyKernel {
  const kernel = kernelOf(node);
  if (kernel !== undefined) return kernel;
  throw new InternalError(
    'INTERNAL_OPERATOR',
    `${program.name} › ${node.path}: the manifest declares an operator without a row, got "${node.operator}". This is a bug in @etalon/tfjs.`,
  );
}

/** What follows from the shapes of a run's inputs. */
export interface ShapePlan {
  readonly bindings: DimensionBindings;
  /** Concrete shape of each value of the program. */
  readonly shapes: readonly (readonly number[])[];
  /** The same for the bodies of loops. */
  readonly bodies: ReadonlyMap<Step, ShapePlan>;
}

function planShapes({ program, steps }: PlannedProgram, bindings: DimensionBindings): ShapePlan {
  const bodies = steps.flatMap((step) =>
    'body' in step ? [[step, planShapes(step.body, bindings)] as const] : [],
  );
  const shapes = program.values.map(({ shape }) => evaluateShape(shape, bindings));
  return { bindings, shapes, bodies: new Map(bodies) };
}

/** Plans that an executable keeps: training and its evaluations use two or three batch sizes. */
const PLAN_LIMIT = 32;

/** Checks input shapes and works out all others; repeated shapes cost a look-up. */
export class ShapePlanner {
  readonly #planned: PlannedProgram;
  readonly #plans = new Map<string, ShapePlan>();

  constructor(planned: PlannedProgram) {
    this.#planned = planned;
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
    const { program } = this.#planned;
    const named = program.inputs.map(
      ({ name }, index) => [name, inputs[index]?.shape ?? []] as const,
    );
    const plan = planShapes(this.#planned, bindInputShapes(program, Object.fromEntries(named)));
    if (this.#plans.size >= PLAN_LIMIT) this.#plans.clear();
    this.#plans.set(key, plan);
    return plan;
  }
}

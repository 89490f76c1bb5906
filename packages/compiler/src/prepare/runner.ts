import type {
  BackendV1,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { DisposedError } from '@etalon/spec';
import type { Aliases } from './aliases.ts';
import type { InputDeclaration } from './check-inputs.ts';
import { checkIndices, checkInputTypes, declareInputs } from './check-inputs.ts';
import { drawInputs } from './draw-inputs.ts';
import { HostResult } from './host-result.ts';
import type { PreparedProgram, PreparedRunOptions } from './prepared-program.ts';
import type { PlannedProgram, RunPlan } from './run-plan.ts';
import { RunPlanner } from './run-plan.ts';
import type { Variant } from './variant.ts';
import { emptyVariant } from './variant.ts';

/** What a prepared program runs on. */
export interface RunnerParts extends PlannedProgram {
  readonly backend: BackendV1;
  readonly aliases: Aliases;
  /** Absent when every run has empty values. */
  readonly executable: ExecutableV1 | undefined;
}

/** Checks a run's inputs, draws the random ones, and hands all to the engine or to the rules for empty values. */
export class Runner implements PreparedProgram {
  readonly program: ProgramV1;
  readonly #parts: RunnerParts;
  readonly #name: string;
  readonly #declared: readonly InputDeclaration[];
  readonly #planner: RunPlanner;
  readonly #consumed: readonly string[];
  readonly #variants: Map<RunPlan, Promise<Variant>> = new Map();
  #isDisposed = false;

  constructor(parts: RunnerParts) {
    this.program = parts.prepared;
    this.#parts = parts;
    this.#name = parts.source.name;
    this.#declared = declareInputs(parts.source);
    this.#planner = new RunPlanner(parts, (plan) => this.#release(plan));
    this.#consumed = Object.values(parts.aliases);
  }

  // Not an async function: the engine is called before this returns, so that runs queue in the order of their calls.
  run(inputs: RunInputs, options: PreparedRunOptions = {}): Promise<RunOutputs> {
    try {
      return this.#start(inputs, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async upload(input: string, tensor: HostTensor): Promise<DeviceTensorV1> {
    this.#requireAlive();
    const { backend, guards } = this.#parts;
    const inputs = { [input]: tensor };
    checkInputTypes(this.#name, this.#declared, inputs);
    // Places that depend on the sizes of a run are not known yet.
    const known = guards.filter(({ limit }) => typeof limit === 'number');
    const limits = known.map(({ limit }) => Number(limit));
    checkIndices(this.#name, known, limits, inputs);
    return backend.upload(tensor);
  }

  async placement(): Promise<readonly NodePlacement[]> {
    this.#requireAlive();
    return this.#parts.executable?.placement() ?? [];
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#parts.executable?.dispose();
    for (const plan of [...this.#variants.keys()]) this.#release(plan);
  }

  #start(inputs: RunInputs, options: PreparedRunOptions): Promise<RunOutputs> {
    this.#requireAlive();
    const { signal } = options;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    checkInputTypes(this.#name, this.#declared, inputs);
    const plan = this.#planner.plan(inputs);
    const { guards, executable } = this.#parts;
    if (guards.length > 0) checkIndices(this.#name, guards, plan.indexLimits, inputs);
    const settled = this.#settledInputs(inputs);
    const feeds = this.#withDraws(settled ?? inputs, plan, options);
    const runOptions: RunOptions = signal === undefined ? {} : { signal };
    const outputs =
      plan.sizes === 'positive' && executable !== undefined
        ? executable.run(feeds, runOptions)
        : this.#variantFor(plan).then((variant) => variant.run(feeds, runOptions));
    return settled === undefined ? outputs : this.#consumeSettled(inputs, outputs);
  }

  // Results that were answered by rule are on the host; a backend would take them for another backend's tensors.
  #settledInputs(inputs: RunInputs): RunInputs | undefined {
    let settled: Record<string, NonNullable<RunInputs[string]>> | undefined;
    for (const { name } of this.#declared) {
      const tensor = inputs[name];
      if (tensor instanceof HostResult) {
        settled ??= { ...inputs };
        settled[name] = tensor.tensor;
      }
    }
    return settled;
  }

  async #consumeSettled(inputs: RunInputs, running: Promise<RunOutputs>): Promise<RunOutputs> {
    const outputs = await running;
    for (const name of this.#consumed) {
      const tensor = inputs[name];
      if (tensor instanceof HostResult) tensor.dispose();
    }
    return outputs;
  }

  #withDraws(inputs: RunInputs, plan: RunPlan, options: PreparedRunOptions): RunInputs {
    const { draws } = this.#parts;
    if (draws.length === 0) return inputs;
    return { ...inputs, ...drawInputs(this.#name, draws, plan.drawShapes, options) };
  }

  #variantFor(plan: RunPlan): Promise<Variant> {
    const known = this.#variants.get(plan);
    if (known !== undefined) return known;
    const { prepared, backend, aliases } = this.#parts;
    const made = emptyVariant(prepared, plan.bindings, backend, aliases);
    this.#variants.set(plan, made);
    // After a failure the next run tries again.
    made.catch(() => this.#variants.delete(plan));
    return made;
  }

  #release(plan: RunPlan): void {
    const variant = this.#variants.get(plan);
    this.#variants.delete(plan);
    // Runs that wait for the variant began to wait earlier, and so are with the engine before this.
    variant?.then(
      (made) => made.dispose(),
      () => undefined,
    );
  }

  #requireAlive(): void {
    if (!this.#isDisposed) return;
    throw new DisposedError(
      'PROGRAM_DISPOSED',
      `${this.#name}: the prepared program was disposed.\nFix: prepare it again, or dispose it after the last run.`,
    );
  }
}

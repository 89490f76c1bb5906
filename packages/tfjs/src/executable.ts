import type { Aliases, RunInputDeclaration } from '@etalon/compiler';
import { checkRunInputs, declareRunInputs } from '@etalon/compiler';
import type {
  AbortSignalLike,
  ExecutableV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { DisposedError } from '@etalon/spec';
import type { TensorOwner } from './device-tensor.ts';
import { backendDisposed, EngineTensor, tensorClass } from './device-tensor.ts';
import { engineDTypes } from './engines/engine.ts';
import { placeNodes } from './placement.ts';
import type { PlannedProgram } from './plan.ts';
import { planProgram, ShapePlanner } from './plan.ts';
import { runProgram } from './run-program.ts';
import type { TfjsTensor } from './runtime.ts';

/** What an executable is made of. */
export interface ExecutableParts {
  readonly program: ProgramV1;
  readonly owner: TensorOwner;
  readonly aliases: Aliases;
  /** Gives the event loop a turn. */
  readonly turn: () => Promise<void>;
  readonly onDispose: (executable: TfjsExecutable) => void;
}

/**
 * Program on an engine, behind the contract of executables.
 *
 * Kernels are synchronous: a run is computed before `run` returns, so that host arrays are read where they lie and runs
 * are in the order of their calls. Its promise settles after a turn of the event loop, without which a training
 * loop would leave timers and signals waiting until it ends.
 */
export class TfjsExecutable implements ExecutableV1 {
  readonly #parts: ExecutableParts;
  readonly #inputs: readonly RunInputDeclaration[];
  readonly #planned: PlannedProgram;
  readonly #planner: ShapePlanner;
  readonly #constants: TfjsTensor[] = [];
  #isDisposed = false;

  constructor(parts: ExecutableParts) {
    const { owner, program } = parts;
    this.#parts = parts;
    this.#inputs = declareRunInputs(program);
    this.#planned = planProgram(program, (constant) => {
      const tensor = place(owner, constant);
      this.#constants.push(tensor);
      return tensor;
    });
    this.#planner = new ShapePlanner(this.#planned);
  }

  async run(inputs: RunInputs, { signal }: RunOptions = {}): Promise<RunOutputs> {
    let outputs: RunOutputs;
    try {
      outputs = this.#compute(inputs, signal);
    } finally {
      await this.#parts.turn();
    }
    return outputs;
  }

  async placement(): Promise<readonly NodePlacement[]> {
    this.#assertUsable('placement');
    return placeNodes(this.#planned, this.#parts.owner.engine.name);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const { onDispose, owner } = this.#parts;
    for (const tensor of this.#constants) owner.engine.release(tensor);
    onDispose(this);
  }

  #compute(inputs: RunInputs, signal: AbortSignalLike | undefined): RunOutputs {
    this.#assertUsable('run');
    if (signal?.aborted === true) throw signal.reason;
    const { aliases, owner, program } = this.#parts;
    const sources = checkRunInputs(program.name, this.#inputs, inputs, tensorClass(owner));
    const plan = this.#planner.plan(sources);
    const placed: TfjsTensor[] = [];
    try {
      const tensors = sources.map((source, index) => this.#tensorOf(source, index, placed));
      const results = runProgram(owner.engine, this.#planned, plan, tensors);
      const outputs = this.#adopt(results, placed);
      sources.forEach((source, index) => {
        if (aliases.inputs[index] === true && source instanceof EngineTensor) source.consume();
      });
      return outputs;
    } finally {
      for (const tensor of placed) owner.engine.release(tensor);
    }
  }

  #tensorOf(source: HostTensor | EngineTensor, index: number, placed: TfjsTensor[]): TfjsTensor {
    const { owner } = this.#parts;
    const where = this.#inputs[index]?.where ?? '';
    if (source instanceof EngineTensor) return source.borrow(where);
    const tensor = place(owner, source);
    placed.push(tensor);
    return tensor;
  }

  #adopt(results: readonly TfjsTensor[], placed: readonly TfjsTensor[]): RunOutputs {
    const { owner, program } = this.#parts;
    const { engine } = owner;
    // The engine may keep the caller's arrays; an output over one of them would change with it.
    const borrowed = new Set(placed.map(({ dataId }) => dataId));
    const outputs: Record<string, EngineTensor> = {};
    program.outputs.forEach(({ name, value }, index) => {
      const dtype = program.values[value]?.dtype ?? 'float32';
      let tensor = results[index] as TfjsTensor;
      if (borrowed.has(tensor.dataId)) {
        const copy = engine.place(engineDTypes[dtype], tensor.shape, engine.view(tensor).slice());
        engine.release(tensor);
        tensor = copy;
      }
      outputs[name] = owner.adopt(dtype, tensor);
    });
    return outputs;
  }

  #assertUsable(method: string): void {
    const { owner, program } = this.#parts;
    if (owner.isDisposed) throw backendDisposed(owner.name, `${program.name} › ${method}`);
    if (!this.#isDisposed) return;
    throw new DisposedError(
      'EXECUTABLE_DISPOSED',
      `${program.name} › ${method}: the executable was disposed, got a later call.\nFix: dispose it after its last run, or compile the program again.`,
    );
  }
}

function place({ engine }: TensorOwner, { dtype, shape, data }: HostTensor): TfjsTensor {
  return engine.place(engineDTypes[dtype], shape, data);
}

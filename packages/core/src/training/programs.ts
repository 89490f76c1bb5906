import type { PreparedProgram } from '@etalon/compiler';
import { formatType, prepare } from '@etalon/compiler';
import type { BackendV1, ProgramV1 } from '@etalon/spec';
import type { InputTypes, NamedTensors } from '../model/model.ts';
import type { TrainingTask } from './one-step.ts';
import { evaluationProgram, loopProgram, stepProgram } from './step-program.ts';

/** The prepared programs of a trainer, each made when it is first needed. */
export class TrainerPrograms<I extends InputTypes, O extends NamedTensors> {
  readonly #backend: BackendV1;
  readonly #model: TrainingTask<I, O>['model'];
  readonly #prepared: Map<string, Promise<PreparedProgram>> = new Map();
  readonly #ready: Set<PreparedProgram> = new Set();
  #isDisposed = false;

  constructor(backend: BackendV1, model: TrainingTask<I, O>['model']) {
    this.#backend = backend;
    this.#model = model;
  }

  /** One training step; each output of the state takes its input's memory. */
  step(task: TrainingTask<I, O>): Promise<PreparedProgram> {
    return this.#once(keyOf('step', task), () => stepProgram(task), carriesState);
  }

  /** Many training steps in one call, on batches gathered by index. */
  loop(task: TrainingTask<I, O>): Promise<PreparedProgram> {
    return this.#once(keyOf('loop', task), () => loopProgram(task), carriesState);
  }

  /** Loss and metrics of one batch. */
  evaluation(task: TrainingTask<I, O>): Promise<PreparedProgram> {
    return this.#once(keyOf('evaluation', task), () => evaluationProgram(task));
  }

  /** The model's outputs. */
  prediction(): Promise<PreparedProgram> {
    return this.#once('prediction', () => this.#model.program());
  }

  /** Frees what the backend holds; programs that are being made are freed when they are. */
  dispose(): void {
    this.#isDisposed = true;
    for (const program of this.#ready) program.dispose();
    this.#ready.clear();
    this.#prepared.clear();
  }

  #once(
    key: string,
    program: () => ProgramV1,
    isAliased: (output: string) => boolean = () => false,
  ): Promise<PreparedProgram> {
    const known = this.#prepared.get(key);
    if (known !== undefined) return known;
    const made = this.#make(key, program(), isAliased);
    this.#prepared.set(key, made);
    return made;
  }

  async #make(
    key: string,
    program: ProgramV1,
    isAliased: (output: string) => boolean,
  ): Promise<PreparedProgram> {
    const names = program.outputs.map(({ name }) => name).filter(isAliased);
    const aliases = Object.fromEntries(names.map((name) => [name, name]));
    try {
      const prepared = await prepare(program, this.#backend, { aliases });
      if (this.#isDisposed) prepared.dispose();
      else this.#ready.add(prepared);
      return prepared;
    } catch (error) {
      // The next call tries again: a backend may have failed for want of memory.
      this.#prepared.delete(key);
      throw error;
    }
  }
}

function carriesState(output: string): boolean {
  return output !== 'report';
}

// Inferred targets may differ from one data set to the next.
function keyOf<I extends InputTypes, O extends NamedTensors>(
  kind: string,
  { targets }: TrainingTask<I, O>,
): string {
  const types = Object.entries(targets).map(([name, type]) => `${name}: ${formatType(type)}`);
  return `${kind} (${types.sort().join(', ')})`;
}

import type {
  CompileOptions,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { executableDisposed, foreignTensor } from '../contract-errors.ts';
import { AdaptiveTensor } from './adaptive-tensor.ts';
import { Pace } from './pace.ts';
import type { Sides } from './sides.ts';
import type { Side } from './turns.ts';

type Value = HostTensor | DeviceTensorV1;

/** The device tensors among a run's inputs, with their names. */
type Tensors = readonly (readonly [string, AdaptiveTensor])[];

/** Executable that runs inline until it proves slow, and in the worker from then on. */
export class AdaptiveExecutable implements ExecutableV1 {
  readonly #sides: Sides;
  readonly #program: ProgramV1;
  readonly #options: CompileOptions;
  readonly #consumed: readonly string[];
  readonly #inline: ExecutableV1;
  readonly #pace = new Pace();
  #worker: ExecutableV1 | undefined;
  #isMoving = false;
  #isDisposed = false;
  #pending = 0;

  constructor(sides: Sides, program: ProgramV1, options: CompileOptions, inline: ExecutableV1) {
    this.#sides = sides;
    this.#program = program;
    this.#options = options;
    this.#consumed = Object.values(options.aliases ?? {});
    this.#inline = inline;
  }

  // Not an async function: where nothing has to be moved, the engine is called before this returns.
  run(inputs: RunInputs, options: RunOptions = {}): Promise<RunOutputs> {
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason);
    try {
      this.#requireAlive('run');
      const tensors = this.#tensors(inputs);
      const side = this.#side;
      const isThere = tensors.every(([, tensor]) => tensor.on(side) !== undefined);
      this.#pending += 1;
      return isThere && this.#sides.turns.tryEnter(side)
        ? this.#perform(side, inputs, tensors, options)
        : this.#performLater(side, { ...inputs }, tensors, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async placement(): Promise<readonly NodePlacement[]> {
    this.#requireAlive('placement');
    return (this.#worker ?? this.#inline).placement();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#releaseIfDone();
  }

  get #side(): Side {
    return this.#worker === undefined ? 'inline' : 'worker';
  }

  #tensors(inputs: RunInputs): Tensors {
    const tensors: (readonly [string, AdaptiveTensor])[] = [];
    for (const [name, value] of Object.entries(inputs)) {
      if (value instanceof AdaptiveTensor && value.sides === this.#sides) {
        value.use(this.#at(name));
        tensors.push([name, value]);
      } else if (isDeviceTensor(value)) {
        throw foreignTensor(this.#at(name), this.#sides.inline.name);
      }
    }
    return tensors;
  }

  async #performLater(
    side: Side,
    inputs: RunInputs,
    tensors: Tensors,
    options: RunOptions,
  ): Promise<RunOutputs> {
    const { turns } = this.#sides;
    for (const [, tensor] of tensors) tensor.pin();
    await turns.enterAlone(side);
    try {
      await this.#admit(side, tensors, options);
    } catch (error) {
      this.#letIn(tensors);
      this.#leave();
      throw error;
    }
    // The engine is called before others are let in.
    const outputs = this.#perform(side, inputs, tensors, options);
    this.#letIn(tensors);
    return outputs;
  }

  async #admit(side: Side, tensors: Tensors, { signal }: RunOptions): Promise<void> {
    if (signal?.aborted === true) throw signal.reason;
    this.#sides.requireUsable(`${this.#program.name} › run`);
    for (const [name, tensor] of tensors) tensor.usePinned(this.#at(name));
    await Promise.all(tensors.map(([, tensor]) => tensor.bringTo(side)));
  }

  #letIn(tensors: Tensors): void {
    for (const [, tensor] of tensors) tensor.unpin();
    this.#sides.turns.share();
  }

  async #perform(
    side: Side,
    inputs: RunInputs,
    tensors: Tensors,
    options: RunOptions,
  ): Promise<RunOutputs> {
    const { now, turns } = this.#sides;
    const isTimed = side === 'inline' && !this.#isMoving && turns.isSingle;
    const began = isTimed ? now() : 0;
    try {
      const outputs = await this.#on(side).run(placed(inputs, tensors, side), options);
      if (isTimed && this.#pace.isSlow(now() - began)) void this.#move();
      for (const name of this.#consumed) {
        const tensor = inputs[name];
        if (tensor instanceof AdaptiveTensor) tensor.consume();
      }
      return wrapped(outputs, this.#sides, side);
    } finally {
      this.#leave();
    }
  }

  // The first run in the worker comes after all that ran inline: that program is not needed any more.
  #on(side: Side): ExecutableV1 {
    if (side === 'inline' || this.#worker === undefined) return this.#inline;
    this.#inline.dispose();
    return this.#worker;
  }

  // Runs go on inline meanwhile. Where no worker can be had, they go on inline for good: that is slower for others, not wrong.
  async #move(): Promise<void> {
    this.#isMoving = true;
    try {
      const worker = await this.#sides.startWorker();
      const executable = await worker.compile(this.#program, this.#options);
      if (this.#isDisposed) executable.dispose();
      else this.#worker = executable;
    } catch {
      this.#worker = undefined;
    }
  }

  #leave(): void {
    this.#pending -= 1;
    this.#sides.turns.leave();
    this.#releaseIfDone();
  }

  #releaseIfDone(): void {
    if (!this.#isDisposed || this.#pending > 0) return;
    this.#inline.dispose();
    this.#worker?.dispose();
  }

  #requireAlive(method: string): void {
    const where = `${this.#program.name} › ${method}`;
    this.#sides.requireUsable(where);
    if (this.#isDisposed) throw executableDisposed(where);
  }

  #at(input: string): string {
    return `${this.#program.name} › input "${input}"`;
  }
}

function placed(inputs: RunInputs, tensors: Tensors, side: Side): RunInputs {
  if (tensors.length === 0) return inputs;
  const values: Record<string, Value> = { ...inputs };
  for (const [name, tensor] of tensors) {
    const copy = tensor.on(side);
    if (copy !== undefined) values[name] = copy;
  }
  return values;
}

function wrapped(outputs: RunOutputs, sides: Sides, side: Side): RunOutputs {
  const tensors: Record<string, AdaptiveTensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    tensors[name] = new AdaptiveTensor(sides, side, tensor);
  }
  return tensors;
}

function isDeviceTensor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'read' in value && 'dispose' in value;
}

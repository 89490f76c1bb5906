import type {
  BackendManifestV1,
  BackendV1,
  CompileOptions,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  ProgramV1,
} from '@etalon/spec';
import type { RemoteBackend } from '../remote-backend.ts';
import { AdaptiveExecutable } from './adaptive-executable.ts';
import { AdaptiveTensor } from './adaptive-tensor.ts';
import { Sides } from './sides.ts';

/** What {@link createAdaptiveBackend} is made of. */
export interface AdaptiveParts {
  /** The backend in the caller's thread. */
  readonly inline: BackendV1;
  /** Starts a worker with an equal backend in it; called once at most, when an executable has proved slow. */
  readonly startWorker: () => Promise<RemoteBackend>;
  /** A clock, in milliseconds: `() => performance.now()`. */
  readonly now: () => number;
}

/** A backend on two sides. */
export interface AdaptiveBackend extends BackendV1 {
  /** The side in the worker, once it was needed and has started. */
  readonly worker: RemoteBackend | undefined;
}

/**
 * Creates a backend that measures where each program runs best.
 *
 * An executable starts inline. When eight runs in a row take 2 ms or more, or the first two 50 ms each, it is compiled in the worker too and
 * runs there from then on; small programs stay inline, where a call costs least. A tensor goes to the other side when a run there
 * needs it: the state of a training loop moves once. One that both sides read (parameters that one program updates and another
 * only reads) is copied once after each update. Runs take effect in the order of their calls, whichever side they run on. Where no worker can
 * be started, everything stays inline.
 *
 * Host arrays must not change before the run's promise settles.
 */
export function createAdaptiveBackend({
  inline,
  startWorker,
  now,
}: AdaptiveParts): AdaptiveBackend {
  return new Adaptive(new Sides(inline, startWorker, now));
}

class Adaptive implements AdaptiveBackend {
  readonly specificationVersion = 'v1';
  readonly name: string;
  readonly manifest: BackendManifestV1;
  readonly #sides: Sides;

  constructor(sides: Sides) {
    this.name = sides.inline.name;
    this.manifest = sides.inline.manifest;
    this.#sides = sides;
  }

  get worker(): RemoteBackend | undefined {
    return this.#sides.worker;
  }

  async compile(program: ProgramV1, options: CompileOptions = {}): Promise<ExecutableV1> {
    const inline = await this.#sides.inline.compile(program, options);
    return new AdaptiveExecutable(this.#sides, program, options, inline);
  }

  async upload(tensor: HostTensor): Promise<DeviceTensorV1> {
    return new AdaptiveTensor(this.#sides, 'inline', await this.#sides.inline.upload(tensor));
  }

  dispose(): Promise<void> {
    return this.#sides.dispose();
  }
}

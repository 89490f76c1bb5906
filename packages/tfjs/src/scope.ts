import { InternalError } from '@etalon/spec';
import type { Engine } from './engines/engine.ts';
import type { TfjsArray, TfjsAttributes, TfjsDType, TfjsTensor } from './runtime.ts';

/** Tensors that the work on one node makes: all but the result are given back when it ends. */
export class Scope {
  readonly #engine: Engine;
  readonly #made: TfjsTensor[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Name of the engine. */
  get engine(): Engine['name'] {
    return this.#engine.name;
  }

  /** Calls a kernel of the engine. */
  run(
    kernel: string,
    inputs: Readonly<Record<string, TfjsTensor>>,
    attributes: TfjsAttributes = {},
  ): TfjsTensor {
    return this.#add(this.#engine.run(kernel, inputs, attributes));
  }

  /** Allocates a tensor whose elements are all to be written. */
  allocate(dtype: TfjsDType, shape: readonly number[]): TfjsTensor {
    return this.#add(this.#engine.allocate(dtype, shape));
  }

  /** Allocates a tensor of another's element type, whose elements are all to be written. */
  allocateLike({ dtype }: TfjsTensor, shape: readonly number[]): TfjsTensor {
    return this.allocate(dtype as TfjsDType, shape);
  }

  /** Returns a tensor of a single number. */
  scalar(value: number): TfjsTensor {
    return this.#add(this.#engine.place('float32', [], Float32Array.of(value)));
  }

  /** Elements where they lie: valid until the next call of this scope that makes a tensor. */
  view(tensor: TfjsTensor): TfjsArray {
    return this.#engine.view(tensor);
  }

  /** Returns the same elements under another shape. */
  reshape(tensor: TfjsTensor, shape: readonly number[]): TfjsTensor {
    return this.#add(this.#engine.share(tensor, shape));
  }

  /** Gives everything back but the result, which is the caller's from now on. */
  close(result?: TfjsTensor): void {
    let isOwn = result === undefined;
    for (const tensor of this.#made.splice(0)) {
      if (tensor === result) isOwn = true;
      else this.#engine.release(tensor);
    }
    if (isOwn) return;
    throw new InternalError(
      'INTERNAL_KERNEL_RESULT',
      'tfjs: a row of the kernel table must return a tensor that its scope made. This is a bug in @etalon/tfjs.',
    );
  }

  #add(tensor: TfjsTensor): TfjsTensor {
    this.#made.push(tensor);
    return tensor;
  }
}

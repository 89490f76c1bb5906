import type { DeviceTensorV1, DType, HostTensor } from '@etalon/spec';
import { tensorConsumed, tensorDisposed } from '../contract-errors.ts';
import type { Sides } from './sides.ts';
import type { Side } from './turns.ts';

/**
 * Tensor on one side, or, once the other side has needed it too, on both: its elements never change, so that both stay right until a
 * run consumes it.
 *
 * Runs that wait for their turn pin their inputs: disposed meanwhile, they live until the run has them.
 */
export class AdaptiveTensor implements DeviceTensorV1 {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly sides: Sides;
  readonly #copies: { [S in Side]?: DeviceTensorV1 };
  #state: 'live' | 'disposed' | 'consumed' = 'live';
  #pins = 0;
  #coming: Promise<void> | undefined;

  constructor(sides: Sides, side: Side, tensor: DeviceTensorV1) {
    this.dtype = tensor.dtype;
    this.shape = tensor.shape;
    this.sides = sides;
    this.#copies = { [side]: tensor };
  }

  async read(): Promise<HostTensor> {
    this.use('read');
    return this.#any().read();
  }

  dispose(): void {
    this.#end('disposed');
  }

  /** Ends the tensor because an aliased input took it. */
  consume(): void {
    this.#end('consumed');
  }

  /** @throws {DisposedError} when the tensor or its backend has ended. */
  use(where: string): void {
    this.sides.requireUsable(where);
    if (this.#state === 'disposed') throw tensorDisposed(where, this);
    this.usePinned(where);
  }

  /** @throws {DisposedError} when the tensor was consumed; disposing a pinned one is the caller's right. */
  usePinned(where: string): void {
    if (this.#state === 'consumed') throw tensorConsumed(where, this);
  }

  /** The tensor on a side, if it is there. */
  on(side: Side): DeviceTensorV1 | undefined {
    return this.#copies[side];
  }

  /** Brings the tensor to a side. */
  async bringTo(side: Side): Promise<void> {
    if (this.#copies[side] !== undefined) return;
    // One copy, also of a tensor that a run is given twice.
    this.#coming ??= this.#copyTo(side);
    try {
      await this.#coming;
    } finally {
      this.#coming = undefined;
    }
  }

  pin(): void {
    this.#pins += 1;
  }

  unpin(): void {
    this.#pins -= 1;
    if (this.#pins === 0 && this.#state !== 'live') this.#release();
  }

  async #copyTo(side: Side): Promise<void> {
    const host = await this.#any().read();
    const { sides } = this;
    this.#copies[side] =
      side === 'inline'
        ? await sides.inline.upload(host)
        : await (await sides.startWorker()).give(host);
  }

  #any(): DeviceTensorV1 {
    const { inline, worker } = this.#copies;
    return inline ?? (worker as DeviceTensorV1);
  }

  #end(state: 'disposed' | 'consumed'): void {
    if (this.#state === 'consumed') return;
    this.#state = state;
    if (this.#pins === 0) this.#release();
  }

  #release(): void {
    this.#copies.inline?.dispose();
    this.#copies.worker?.dispose();
  }
}

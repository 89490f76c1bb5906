import type { DType, HostTensor } from '@etalon/spec';
import {
  elementBytes,
  elementCountOf,
  sameShape,
  toOnnxTensor,
  withShape,
  zeros,
} from './host-tensor.ts';
import type { OnnxRuntime, OnnxTensor } from './runtime.ts';

/** What an output needs: computed once per set of input shapes, so that a run only looks up `key`. */
export interface BufferSlot {
  readonly key: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** Memory of one output, with the engine's tensor over it. */
export interface OutputBuffer {
  readonly slot: BufferSlot;
  readonly host: HostTensor;
  readonly tensor: OnnxTensor;
}

/** Counters of a pool. */
export interface PoolStatistics {
  /** Buffers that were ever allocated. */
  readonly allocations: number;
  /** Bytes that lie ready for reuse. */
  readonly pooledBytes: number;
}

/**
 * Free bytes that a pool keeps besides the allowances of executables: a choice, enough for the outputs of
 * inference on a batch of images, and small beside the engine's own arena.
 */
const BASE_ALLOWANCE = 64 * 1024 * 1024;

/** Returns the slot of an output. */
export function bufferSlot(dtype: DType, shape: readonly number[]): BufferSlot {
  const count = elementCountOf(shape);
  return { key: `${dtype}:${count}`, dtype, shape, bytes: count * elementBytes[dtype] };
}

/**
 * Output buffers that are free, by dtype and number of elements.
 *
 * Free bytes are bounded by a base plus the largest allowance. An executable's allowance is the
 * size of its aliased outputs: the spare set that its next step writes to. The sets that were used longest ago
 * leave first.
 */
export class BufferPool {
  readonly #runtime: OnnxRuntime;
  readonly #free = new Map<string, OutputBuffer[]>();
  readonly #allowances = new Map<object, number>();
  #limit = BASE_ALLOWANCE;
  #pooledBytes = 0;
  #allocations = 0;
  #closed = false;

  constructor(runtime: OnnxRuntime) {
    this.#runtime = runtime;
  }

  get statistics(): PoolStatistics {
    return { allocations: this.#allocations, pooledBytes: this.#pooledBytes };
  }

  /** Takes a free buffer or allocates one; its contents are left over from earlier use. */
  take(slot: BufferSlot): OutputBuffer {
    const list = this.#free.get(slot.key);
    const found = list?.pop();
    if (found === undefined) {
      this.#allocations += 1;
      return this.#wrap(slot, zeros(slot.dtype, slot.shape));
    }
    if (list?.length === 0) this.#free.delete(slot.key);
    this.#pooledBytes -= found.slot.bytes;
    return sameShape(found.slot.shape, slot.shape)
      ? found
      : this.#wrap(slot, withShape(found.host, slot.shape));
  }

  /** Takes a buffer back. The caller must hold no other reference to it. */
  give(buffer: OutputBuffer): void {
    const { key, bytes } = buffer.slot;
    if (this.#closed || bytes === 0 || bytes > this.#limit) return;
    const list = this.#free.get(key) ?? [];
    list.push(buffer);
    // Deleting first moves the key to the end: iteration order is order of last use.
    this.#free.delete(key);
    this.#free.set(key, list);
    this.#pooledBytes += bytes;
    this.#trim();
  }

  /** Sets how many free bytes an owner needs kept, at least. */
  allow(owner: object, bytes: number): void {
    this.#allowances.set(owner, bytes);
    this.#limit = BASE_ALLOWANCE + Math.max(0, ...this.#allowances.values());
  }

  /** Forgets an owner's allowance and frees what only it needed. */
  disallow(owner: object): void {
    this.#allowances.delete(owner);
    this.#limit = BASE_ALLOWANCE + Math.max(0, ...this.#allowances.values());
    this.#trim();
  }

  /** Frees everything and keeps nothing from now on. */
  close(): void {
    this.#closed = true;
    this.#free.clear();
    this.#pooledBytes = 0;
  }

  #wrap(slot: BufferSlot, host: HostTensor): OutputBuffer {
    return { slot, host, tensor: toOnnxTensor(this.#runtime, host) };
  }

  #trim(): void {
    for (const [key, list] of this.#free) {
      while (this.#pooledBytes > this.#limit && list.length > 0) {
        this.#pooledBytes -= list.pop()?.slot.bytes ?? 0;
      }
      if (list.length === 0) this.#free.delete(key);
      if (this.#pooledBytes <= this.#limit) return;
    }
  }
}

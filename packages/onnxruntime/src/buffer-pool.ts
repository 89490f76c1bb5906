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
 * Sizes that a pool remembers before it forgets those without a free buffer: more than a large model has, few
 * beside what a server with free sizes would leave behind.
 */
const MAXIMUM_LISTS = 1024;

interface FreeList {
  readonly buffers: OutputBuffer[];
  /** Tick of the pool's clock. */
  usedAt: number;
}

/**
 * Output buffers that are free, by dtype and number of elements.
 *
 * Free bytes are bounded by a base plus the largest allowance. An executable's allowance is the size of its
 * aliased outputs: the spare set that its next step writes to. The sizes used longest ago leave first.
 */
export class BufferPool {
  readonly #runtime: OnnxRuntime;
  // Entries stay when their list is empty: deleting and adding keys on each run makes V8 rehash the table
  // in its old space, which doubled the number of full collections in a training loop.
  readonly #free = new Map<string, FreeList>();
  readonly #allowances = new Map<object, number>();
  #clock = 0;
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
    const found = this.#free.get(slot.key)?.buffers.pop();
    if (found === undefined) {
      this.#allocations += 1;
      return this.#wrap(slot, zeros(slot.dtype, slot.shape));
    }
    this.#pooledBytes -= found.slot.bytes;
    return sameShape(found.slot.shape, slot.shape)
      ? found
      : this.#wrap(slot, withShape(found.host, slot.shape));
  }

  /** Takes a buffer back. The caller must hold no other reference to it. */
  give(buffer: OutputBuffer): void {
    const { key, bytes } = buffer.slot;
    if (this.#closed || bytes === 0 || bytes > this.#limit) return;
    const list = this.#free.get(key) ?? this.#addList(key);
    this.#clock += 1;
    list.usedAt = this.#clock;
    list.buffers.push(buffer);
    this.#pooledBytes += bytes;
    if (this.#pooledBytes > this.#limit) this.#trim();
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

  #addList(key: string): FreeList {
    if (this.#free.size >= MAXIMUM_LISTS) {
      for (const [known, { buffers }] of this.#free) {
        if (buffers.length === 0) this.#free.delete(known);
      }
    }
    const list: FreeList = { buffers: [], usedAt: 0 };
    this.#free.set(key, list);
    return list;
  }

  #trim(): void {
    if (this.#pooledBytes <= this.#limit) return;
    const oldestFirst = [...this.#free.values()].sort((a, b) => a.usedAt - b.usedAt);
    for (const { buffers } of oldestFirst) {
      while (this.#pooledBytes > this.#limit) {
        const dropped = buffers.pop();
        if (dropped === undefined) break;
        this.#pooledBytes -= dropped.slot.bytes;
      }
    }
  }
}

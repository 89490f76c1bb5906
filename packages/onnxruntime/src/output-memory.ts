import type { HostTensor } from '@etalon/spec';
import { BackendError } from '@etalon/spec';
import type { BufferSlot, OutputBuffer } from './buffer-pool.ts';
import type { EngineMemory } from './device-tensor.ts';
import { PooledTensor } from './device-tensor.ts';
import { carries, elementCountOf, sameShape } from './host-tensor.ts';
import type { OnnxOutput } from './runtime.ts';

/** One output of a run that has ended. */
export interface FinishedOutput {
  /** `program › output "name"`. */
  readonly where: string;
  readonly slot: BufferSlot;
  /** What `reserve` returned for it. */
  readonly reserved: OutputBuffer | undefined;
  /** What the engine returned for it. */
  readonly returned: OnnxOutput | undefined;
  /** Whether it is state that is fed back. */
  readonly isAliased: boolean;
}

/** Whose memory the outputs of a build of the engine lie in. */
export interface OutputMemory {
  /** Returns the buffer for the engine to write an output to, or nothing where the engine takes memory of its own. */
  reserve(memory: EngineMemory, slot: BufferSlot): OutputBuffer | undefined;
  /**
   * Returns the tensor of an output.
   *
   * @throws {BackendError} when the engine did not return what it must.
   */
  collect(memory: EngineMemory, output: FinishedOutput): PooledTensor;
}

/**
 * Outputs that the engine writes to buffers of the pool: onnxruntime-node.
 *
 * The engine returns a copy of every output besides. The first read takes that copy instead of making another; state that
 * is fed back is seldom read, and its copies would only keep memory.
 */
export const writtenOutputs: OutputMemory = {
  reserve: ({ pool }, slot) => pool.take(slot),
  collect: (memory, { where, reserved, returned, isAliased }) => {
    if (reserved === undefined) throw notReturned(where, 'no buffer');
    return new PooledTensor(memory, reserved, { copy: isAliased ? undefined : returned?.data });
  },
};

/**
 * Outputs in arrays that the engine allocates for each run, copies of what lies in its own heap: onnxruntime-web leaves
 * tensors that it is given unwritten.
 */
export const returnedOutputs: OutputMemory = {
  reserve: () => undefined,
  collect: (memory, { where, slot, returned }) => {
    const { dtype, shape } = slot;
    if (returned === undefined) throw notReturned(where, 'none');
    const { data, dims } = returned;
    if (!carries(dtype, data) || !sameShape(dims, shape) || !holds(data, shape)) {
      throw notReturned(where, `${returned.type}[${dims.join(', ')}]`);
    }
    const host = { dtype, shape, data } as HostTensor;
    return new PooledTensor(memory, { slot, host, tensor: returned }, { pooled: false });
  },
};

function holds(data: unknown, shape: readonly number[]): boolean {
  return (data as HostTensor['data']).length === elementCountOf(shape);
}

function notReturned(where: string, got: string): BackendError {
  return new BackendError(
    'BACKEND_RUN_FAILED',
    `${where}: ONNX Runtime did not give the output that the program declares, got ${got}.\nThe inputs are untouched, aliased ones too.`,
  );
}

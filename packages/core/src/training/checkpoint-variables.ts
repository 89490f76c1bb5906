import type { HostTensor } from '@etalon/spec';
import type { Variables } from '../model/variables.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import { variablesOf } from './state-names.ts';

/**
 * Returns the variables in a checkpoint, of whatever model, optimizer and seed: to use them without training on.
 *
 * @param bytes - what `trainer.checkpoint()` returned.
 * @throws {SerializationError} `CHECKPOINT_CORRUPT` or `CHECKPOINT_FORMAT`.
 */
export function decodeCheckpointVariables(bytes: Uint8Array): Variables<HostTensor> {
  return variablesOf(decodeCheckpoint(bytes).tensors);
}

import type { MovementOperatorsV1 } from '@etalon/spec';
import type { Kernel, KernelName } from '../kernels/kernel.ts';
import { movementKernels } from '../kernels/movement.ts';
import { float32Rounding } from './float32.ts';
import type { BoundCall, BoundRule, BoundRulesOf } from './rule.ts';
import { boundAt } from './rule.ts';

// The call with every operand's elements replaced by their bounds.
function callOnBounds<K extends KernelName>(call: BoundCall<K>): BoundCall<K> {
  const inputs = call.inputs.map((input, index) => ({
    ...input,
    data: boundAt(call.bounds, index),
  }));
  return { ...call, inputs };
}

// Bounds move as the elements do.
function moved<K extends KernelName>(kernel: Kernel<K>): BoundRule<K> {
  return (call) => ({ bound: kernel(callOnBounds(call)) });
}

/** Bound rules of operators that move elements. */
export const movementBounds: BoundRulesOf<keyof MovementOperatorsV1> = {
  identity: moved(movementKernels.identity),
  reshape: moved(movementKernels.reshape),
  transpose: moved(movementKernels.transpose),
  expand: moved(movementKernels.expand),
  concat: moved(movementKernels.concat),
  slice: moved(movementKernels.slice),
  // an engine holds the border's value as a float32
  pad: (call) => {
    const { value } = call.attributes;
    const rounding = call.dtype === 'float32' ? float32Rounding(value) : 0;
    const attributes = { ...call.attributes, value: rounding };
    return { bound: movementKernels.pad({ ...callOnBounds(call), attributes }) };
  },
};

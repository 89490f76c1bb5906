import type { TfjsTensor, TfjsWasmMemory } from '../runtime.ts';
import type { Engine } from './engine.ts';

/**
 * Returns the function that calls kernels, with another copy of a right operand whose memory has already been one in another shape.
 *
 * The engine (4.22) prepares an operator for the right operand of a product of two matrices and keeps it by the number of the
 * memory alone, as long as that lives. The same memory in another shape, such as a weight and its transpose as a reshaped vector, gets
 * the operator of the first shape, which writes beyond the result.
 */
export function keepProductsApart(run: Engine['run'], memory: TfjsWasmMemory): Engine['run'] {
  const shapes = new WeakMap<object, string>();
  return (kernel, inputs, attributes) => {
    const { b } = inputs;
    if (kernel !== 'BatchMatMul' || b === undefined) return run(kernel, inputs, attributes);
    const shape = b.shape.join();
    const first = shapes.get(b.dataId);
    if (first === undefined) shapes.set(b.dataId, shape);
    if (first === undefined || first === shape) return run(kernel, inputs, attributes);
    const copy = copyOf(b, memory);
    try {
      return run(kernel, { ...inputs, b: copy }, attributes);
    } finally {
      memory.disposeData(copy.dataId);
    }
  };
}

function copyOf(tensor: TfjsTensor, memory: TfjsWasmMemory): TfjsTensor {
  const copy = memory.makeOutput([...tensor.shape], 'float32');
  memory.typedArrayFromHeap(copy).set(memory.typedArrayFromHeap(tensor));
  return copy;
}

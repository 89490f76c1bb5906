import { InternalError } from '@etalon/spec';
import type { TfjsCore, TfjsKernel } from '../runtime.ts';
import type { Engine, TfjsEngineName } from './engine.ts';

/**
 * Returns the function that calls an engine's kernels through the public registry.
 *
 * The operations of `tf.*` would go through the process's one current backend, record for gradients, and make
 * tensors that are to be disposed one by one.
 */
export function callKernel(core: TfjsCore, name: TfjsEngineName, memory: object): Engine['run'] {
  const kernels = new Map<string, TfjsKernel>();
  return (kernel, inputs, attrs) => {
    let found = kernels.get(kernel);
    if (found === undefined) {
      found = core.getKernel(kernel, name);
      if (found === undefined) throw new Error(`no kernel ${kernel} in the engine ${name}`);
      kernels.set(kernel, found);
    }
    const result = found.kernelFunc({ inputs, attrs, backend: memory });
    if (!Array.isArray(result)) return result;
    throw new InternalError(
      'INTERNAL_KERNEL_RESULTS',
      `tfjs › ${kernel}: a kernel with one result is needed, got ${result.length}. This is a bug in @etalon/tfjs.`,
    );
  };
}

import { lackOfSupport, requireHostData } from '@etalon/compiler';
import type { BackendV1, ProgramV1 } from '@etalon/spec';
import { DisposedError, UnsupportedOperatorError } from '@etalon/spec';
import type { Owner } from './device-tensor.ts';
import { MinimalTensor } from './device-tensor.ts';
import { MinimalExecutable } from './executable.ts';
import { manifest } from './manifest.ts';

/** Returns a backend of plain float32 loops, in memory of its own. */
export function createMinimalBackend(): BackendV1 {
  const owner: Owner = { isDisposed: false };
  return {
    specificationVersion: 'v1',
    name: 'minimal',
    manifest,
    compile: async (program, options = {}) => {
      requireAlive(owner, 'compile()');
      requireDeclared(program);
      return new MinimalExecutable(owner, program, options);
    },
    upload: async (tensor) => {
      requireAlive(owner, 'upload()');
      requireHostData('minimal › upload()', tensor);
      // The array is kept: the caller promises not to write to it, and no kernel does.
      return new MinimalTensor(owner, tensor);
    },
    dispose: async () => {
      owner.isDisposed = true;
    },
  };
}

function requireAlive(owner: Owner, method: string): void {
  if (!owner.isDisposed) return;
  const message = `minimal › ${method}: the backend was disposed, got a call after it.`;
  throw new DisposedError('BACKEND_DISPOSED', message);
}

// What the manifest leaves out is refused, never computed.
function requireDeclared(program: ProgramV1): void {
  for (const node of program.nodes) {
    const lack = lackOfSupport(manifest, program, node);
    if (lack === undefined) continue;
    const message = `${node.path}: backend "minimal" cannot run it, ${lack}.`;
    throw new UnsupportedOperatorError('OPERATOR_UNSUPPORTED', message);
  }
}

import { lackOfNode, nodesThroughBodies, requireHostData } from '@etalon/compiler';
import type { BackendV1, CompileOptions, ExecutableV1, ProgramV1 } from '@etalon/spec';
import {
  AttributeError,
  DisposedError,
  SpecificationVersionError,
  UnsupportedOperatorError,
} from '@etalon/spec';
import { requireKernel } from '../interpret.ts';
import { toFloat64 } from '../tensor.ts';
import type { TensorOwner } from './device-tensor.ts';
import { ReferenceDeviceTensor } from './device-tensor.ts';
import { ReferenceExecutable } from './executable.ts';
import { referenceManifest } from './manifest.ts';

/**
 * Returns the reference backend: float64 loops behind the contract of every backend.
 *
 * Device tensors keep float64, so that a training trajectory is not rounded from step to step; `read()` rounds to
 * float32, and {@link toReferenceTensor} gives full precision. Only finite memory and patience limit it.
 */
export function createReferenceBackend(): BackendV1 {
  const owner: TensorOwner & { isDisposed: boolean } = { isDisposed: false };
  return {
    specificationVersion: 'v1',
    name: 'reference',
    manifest: referenceManifest,
    compile: async (program, options = {}) => {
      if (owner.isDisposed) {
        throw new DisposedError(
          'BACKEND_DISPOSED',
          `reference › compile(): the backend was disposed, got program ${JSON.stringify(program.name)}.`,
        );
      }
      return compile(owner, program, options);
    },
    upload: async (tensor) => {
      if (owner.isDisposed) {
        throw new DisposedError(
          'BACKEND_DISPOSED',
          `reference › upload(): the backend was disposed, got ${tensor.dtype}[${tensor.shape.join(', ')}].`,
        );
      }
      requireHostData('reference › upload()', tensor);
      return new ReferenceDeviceTensor(owner, toFloat64(tensor, 'reference › upload()'));
    },
    dispose: async () => {
      owner.isDisposed = true;
    },
  };
}

function compile(owner: TensorOwner, program: ProgramV1, options: CompileOptions): ExecutableV1 {
  if (program.specificationVersion !== 'v1') {
    throw new SpecificationVersionError(
      'VERSION_PROGRAM',
      `${Object(program).name}: the reference reads programs of version "v1", got ${JSON.stringify(Object(program).specificationVersion)}.`,
    );
  }
  requireNodes(program);
  for (const [output, input] of Object.entries(options.aliases ?? {})) {
    requireName(program, 'output', output);
    requireName(program, 'input', input);
  }
  return new ReferenceExecutable(owner, program, options);
}

function requireNodes(program: ProgramV1): void {
  for (const { node, program: within } of nodesThroughBodies(program)) {
    if (node.operator !== 'scan') requireKernel(program, node);
    const lack = lackOfNode(referenceManifest, within, node);
    if (lack === undefined) continue;
    throw new UnsupportedOperatorError(
      'OPERATOR_UNSUPPORTED',
      `${node.path}: the reference does not run it, ${lack}.`,
    );
  }
}

function requireName(program: ProgramV1, kind: 'input' | 'output', name: string): void {
  const ports: readonly { readonly name: string }[] =
    kind === 'input' ? program.inputs : program.outputs;
  if (ports.some((port) => port.name === name)) return;
  throw new AttributeError(
    'ALIAS_UNKNOWN',
    `${program.name} › aliases: there is no such ${kind}, got ${JSON.stringify(name)}.\nExpected one of ${JSON.stringify(ports.slice(0, 8).map((port) => port.name))}.`,
  );
}

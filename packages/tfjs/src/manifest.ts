import type { BackendManifestV1 } from '@etalon/spec';
import type { TfjsEngineName } from './engines/engine.ts';
import { every, MAXIMUM_RANK } from './kernels/kernel.ts';
import { kernels } from './kernels/table.ts';

/** The engines, in the order that messages list them. */
export const tfjsEngines: readonly TfjsEngineName[] = ['cpu', 'wasm'];

/** What one engine is, besides its kernels. */
type EngineTraits = Pick<
  BackendManifestV1,
  'precision' | 'subnormals' | 'deterministic' | 'threads'
>;

const traits: Readonly<Record<TfjsEngineName, EngineTraits>> = {
  cpu: { precision: 'cpu', subnormals: 'kept', deterministic: true, threads: [1] },
  // TensorFlow.js 4.22 never starts threads in Node ("Enable node support once this is resolved", flags_wasm.ts), and
  // elsewhere their number is the process's.
  wasm: { precision: 'cpu', subnormals: 'kept', deterministic: true, threads: [1] },
};

/** Returns what the backend declares on an engine. */
export function tfjsManifest(engine: TfjsEngineName): BackendManifestV1 {
  return {
    operators: {
      ...Object.fromEntries(
        Object.entries(kernels).map(([name, { dtypes, maximumRank }]) => [
          name,
          { dtypes, maximumRank, nonFinite: true },
        ]),
      ),
      scan: { dtypes: every, maximumRank: MAXIMUM_RANK, nonFinite: true },
    },
    ...traits[engine],
    imageLayout: 'nhwc',
    // A loop inside the executable would be the same loop in the same language.
    loopPolicy: 'stepwise',
    deviceInputs: 'resident',
  };
}

import { traceProgram } from '@etalon/compiler';
import type { HostTensor, PrecisionClass } from '@etalon/spec';
import { countOf, hostTensor } from '../cases/host-tensor.ts';
import type { Check } from '../checks/check.ts';
import { failure } from '../checks/check.ts';
import { runAndRead, withPrepared } from '../checks/run-program.ts';
import { lackOf } from '../checks/support.ts';
import type { Network } from '../networks/definitions.ts';
import { batchOf, networks, typesOf } from '../networks/definitions.ts';

/**
 * Largest norm of a tensor's error, relative to the tensor's norm. ONNX Runtime on a CPU stays below 1.5e-7; the
 * GPU class allows what WGSL's tanh and exp may add.
 */
export const NORM_BUDGETS: Readonly<Record<PrecisionClass, number>> = {
  exact: 1e-7,
  cpu: 1e-6,
  gpu: 1e-3,
};

/** Returns the norm of a difference relative to the norm of what is expected. */
export function relativeNorm(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let error = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    error += ((got[i] ?? Number.NaN) - (expected[i] ?? 0)) ** 2;
    size += (expected[i] ?? 0) ** 2;
  }
  return Math.sqrt(error) / Math.max(Math.sqrt(size), Number.MIN_VALUE);
}

/** Tells how a tensor as a whole differs; `undefined` within the budget. */
export function compareNorm(
  name: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  budget: number,
): string | undefined {
  if (got === undefined || got.length !== expected.length) {
    return `"${name}" has the wrong size, got ${got?.length ?? 'none'}.\nExpected ${expected.length} elements.`;
  }
  const norm = relativeNorm(got, expected);
  if (norm <= budget) return undefined;
  return `"${name}" differs as a whole, got ‖Δ‖/‖expected‖ ${norm.toExponential(2)}.\nExpected at most ${budget.toExponential(2)}.`;
}

function firstRows({ dtype, shape, data }: HostTensor, rows: number): HostTensor {
  const [, ...rest] = shape;
  return hostTensor(dtype, [rows, ...rest], data.slice(0, rows * countOf(rest)));
}

function forwardCheck(network: Network): Check {
  const { name, input, parameters } = network;
  const types = { parameters: typesOf(parameters), x: batchOf(input) };
  const program = traceProgram(`${name} network`, types, (inputs) => ({
    logits: network.forward(inputs.parameters, inputs.x),
  }));
  const id = `networks/${name}`;
  return {
    id,
    suite: 'networks',
    proves: [],
    unsupported: (manifest) => lackOf(manifest, program, { special: false, subnormal: false }),
    run: async ({ backend, factor }) => {
      const feeds = Object.entries(parameters).map(([key, value]) => [`parameters/${key}`, value]);
      const budget = NORM_BUDGETS[backend.manifest.precision] * factor;
      await withPrepared(program, backend, async (prepared) => {
        // one compiled program for every batch size, whichever comes first
        for (const rows of [1, input.shape[0] ?? 1, 3]) {
          const x = firstRows(input, rows);
          const { logits } = await runAndRead(prepared, { ...Object.fromEntries(feeds), x });
          const expected = firstRows(network.logits, rows);
          const name = `logits of ${rows} rows`;
          const difference = compareNorm(name, logits?.data, expected.data, budget);
          if (difference !== undefined) throw failure(id, backend, difference);
        }
      });
    },
  };
}

/** Whole networks, compared tensor by tensor. */
export const networkChecks: readonly Check[] = networks.map(forwardCheck);

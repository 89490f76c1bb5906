import { evaluateWithBounds } from '@etalon/reference';
import type { BackendManifestV1, DType, HostTensor, ProgramV1 } from '@etalon/spec';
import type { CaseRun, ConformanceCase, HostTensors } from '../cases/case.ts';
import type { Order } from '../cases/programs.ts';
import { expectedOf, inputsOf, programOf } from '../cases/programs.ts';

/** What a backend's result is compared with. */
export interface ExpectedTensor {
  /** Where the numbers come from, for messages. */
  readonly source: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  /** Largest difference allowed, for each element. */
  readonly budget: ArrayLike<number>;
}

/** Expected results by output name: the golden one first where there is one, and the oracle's. */
export type Expectation = Readonly<Record<string, readonly ExpectedTensor[]>>;

/** What of a manifest decides about budgets. */
export type Precision = Pick<BackendManifestV1, 'precision' | 'subnormals'>;

/**
 * Golden numbers are float32 and rounded once from float64, half an ulp; the ninth digit of their text adds
 * at most a hundredth.
 */
const GOLDEN_ULPS = 0.51;

const known = new WeakMap<CaseRun, Map<string, Expectation>>();

/** Returns what a run of a case must give on a backend of some precision; computed once. */
export function expectationOf(
  subject: ConformanceCase,
  run: CaseRun,
  order: Order,
  precision: Precision,
): Expectation {
  const key = `${order} ${precision.precision} ${precision.subnormals}`;
  const ofRun = known.get(run) ?? new Map<string, Expectation>();
  known.set(run, ofRun);
  const expectation =
    ofRun.get(key) ??
    expect(
      programOf(subject, order),
      inputsOf(subject, run, order),
      expectedOf(run, order),
      precision,
    );
  ofRun.set(key, expectation);
  return expectation;
}

/**
 * Returns the oracle's results with the budgets of a running error analysis, and values from outside with the same
 * budgets and their own rounding.
 */
export function expect(
  program: ProgramV1,
  inputs: HostTensors,
  outside: HostTensors | undefined,
  { precision, subnormals }: Precision,
): Expectation {
  const oracle = evaluateWithBounds(program, inputs, { precision, subnormals });
  return Object.fromEntries(
    Object.entries(oracle).map(([name, { dtype, shape, data, bound }]) => {
      const golden = outside?.[name];
      const own: ExpectedTensor = { source: 'the reference', dtype, shape, data, budget: bound };
      return [name, golden === undefined ? [own] : [withGolden(golden, bound), own]];
    }),
  );
}

function withGolden({ dtype, shape, data }: HostTensor, bound: Float64Array): ExpectedTensor {
  const budget = bound.map((b, i) => (b === 0 ? 0 : b + GOLDEN_ULPS * ulp(data[i] ?? 0)));
  return { source: 'the golden value', dtype, shape, data, budget };
}

const bits = new DataView(new ArrayBuffer(4));

// Distance to the next float32 away from zero.
function ulp(x: number): number {
  if (!Number.isFinite(x)) return 0;
  bits.setFloat32(0, Math.abs(x));
  bits.setUint32(0, bits.getUint32(0) + 1);
  return bits.getFloat32(0) - Math.abs(x);
}

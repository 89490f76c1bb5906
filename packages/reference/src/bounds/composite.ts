import type { CompositeOperatorsV1 } from '@etalon/spec';
import { erf } from '../error-function.ts';
import { operandAt } from '../kernels/kernel.ts';
import { sigmoid } from '../kernels/scalar-functions.ts';
import { planReduction } from '../layout.ts';
import { monotone, unaryRule } from './elementwise.ts';
import { float32Rounding, ulp } from './float32.ts';
import type { BoundCall, BoundRulesOf, NodeBound } from './rule.ts';
import { boundAt, withOwnError } from './rule.ts';
import type { Tolerances } from './tolerances.ts';

/** What both soft maxima are made of, for one line along the axis. */
interface Line {
  readonly sum: number;
  /** How far an engine's sum may be, with the same maximum subtracted. */
  readonly sumBound: number;
}

// Bound of x - max as an engine computes it. The subtracted maximum cancels in the end, whatever it is.
function shiftBound(x: number, b: number, largest: number, { roundingUlps }: Tolerances): number {
  const exact = x === largest || !Number.isFinite(x - largest);
  return b + (exact ? 0 : roundingUlps * ulp(x - largest));
}

// Bound of e^(x - max).
function exponentialBound(shift: number, b: number, { functions }: Tolerances): number {
  const exponential = Math.exp(shift);
  return exponential * Math.expm1(b) + functions.exp(shift, exponential * Math.exp(b));
}

function alongAxis(
  call: BoundCall<'softmax' | 'logSoftmax'>,
  boundOf: (at: number, shift: number, shiftBound: number, line: Line) => number,
): NodeBound {
  const { data, shape } = operandAt(call.inputs, 0);
  const { tolerances } = call;
  const own = boundAt(call.bounds, 0);
  const { starts, steps } = planReduction(shape, [call.attributes.axis]);
  const bound = new Float64Array(call.result.length);
  for (const start of starts) {
    const members = steps.map((step) => start + step);
    const largest = members.reduce(
      (highest, at) => Math.max(highest, data[at] as number),
      Number.NEGATIVE_INFINITY,
    );
    const shiftOf = (at: number) => (data[at] as number) - largest;
    const shiftBoundOf = (at: number) =>
      shiftBound(data[at] as number, own[at] as number, largest, tolerances);
    let sum = 0;
    let sumBound = 0;
    for (const at of members) {
      sum += Math.exp(shiftOf(at));
      sumBound += exponentialBound(shiftOf(at), shiftBoundOf(at), tolerances);
    }
    sumBound += tolerances.sumUlps(members.length) * ulp(sum);
    for (const at of members) {
      bound[at] = boundOf(at, shiftOf(at), shiftBoundOf(at), { sum, sumBound });
    }
    if (members.some((at) => own[at] === Number.POSITIVE_INFINITY)) {
      for (const at of members) bound[at] = Number.POSITIVE_INFINITY;
    }
  }
  return { bound };
}

// The operand may be on either side of zero unless its interval is on one.
function kinked(slope: number): (x: number, b: number) => number {
  return (x, b) => {
    if (b === 0) return 0;
    if (x - b > 0) return b;
    return x + b <= 0 ? Math.abs(slope) * b : Math.max(Math.abs(slope), 1) * b;
  };
}

// A decomposition holds constants and attributes as float32, also where the engine computes in float64.
const SQRT_HALF_ROUNDING = float32Rounding(Math.SQRT1_2);

const geluRule = unaryRule((x, b, value, tolerances) => {
  if (!Number.isFinite(x)) return 0;
  const { roundingUlps, functions } = tolerances;
  const argument = x * Math.SQRT1_2;
  const argumentBound = SQRT_HALF_ROUNDING * Math.abs(x) + roundingUlps * ulp(argument);
  const erfValue = erf(argument);
  const erfBound =
    functions.erf(argument, Math.abs(erfValue)) +
    (2 / Math.sqrt(Math.PI)) * Math.exp(-argument * argument) * argumentBound;
  const sumBound = erfBound + roundingUlps * ulp(1 + erfValue);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  // |gelu''| is at most 2·φ(0) < 0.8 and |gelu'| at most 1.13
  const slope = Math.abs((1 + erfValue) / 2 + x * density);
  const change = Math.min(b * slope + 0.4 * b * b, 1.13 * b);
  const ownError = ((Math.abs(x) + b) / 2) * sumBound + 2 * roundingUlps * ulp(value);
  return withOwnError(value, change, ownError, tolerances);
});

const softplusRule = unaryRule((x, b, value, tolerances) => {
  if (!Number.isFinite(x)) return 0;
  const { roundingUlps, functions } = tolerances;
  const exponential = Math.exp(-Math.abs(x));
  const ownError =
    functions.exp(-Math.abs(x), exponential) +
    roundingUlps * ulp(1 + exponential) +
    functions.log(1 + exponential, Math.log1p(exponential)) +
    roundingUlps * ulp(value);
  return withOwnError(value, b * sigmoid(x + b), ownError, tolerances);
});

/** Bound rules of composite operators and of those that only concern differentiation. */
export const compositeBounds: BoundRulesOf<keyof CompositeOperatorsV1> = {
  // (e + δe) / (s + δs) - e/s is at most (δe + p·δs) / (s - δs)
  softmax: (call) =>
    alongAxis(call, (at, shift, b, { sum, sumBound }) => {
      const { tolerances, result } = call;
      const value = result[at] as number;
      const exponential = exponentialBound(shift, b, tolerances);
      const quotient = sumBound < sum ? (exponential + value * sumBound) / (sum - sumBound) : 1;
      const change = Math.min(quotient, 1);
      return withOwnError(value, change, tolerances.divisionUlps * ulp(value + change), tolerances);
    }),
  // log(s + δs) - log s is at most -log(1 - δs/s)
  logSoftmax: (call) =>
    alongAxis(call, (at, _shift, b, { sum, sumBound }) => {
      // The whole line is NaN then, which no bound widens.
      if (Number.isNaN(sum)) return 0;
      const { tolerances, result } = call;
      const value = result[at] as number;
      const logarithm = sumBound < sum ? -Math.log1p(-sumBound / sum) : Number.POSITIVE_INFINITY;
      const ownError =
        tolerances.functions.log(sum, Math.log(sum)) + tolerances.roundingUlps * ulp(value);
      return withOwnError(value, b + logarithm, ownError, tolerances);
    }),
  softplus: softplusRule,
  gelu: geluRule,
  elu: (call) => {
    const { alpha } = call.attributes;
    const slopes = kinked(alpha);
    return unaryRule((x, b, value, tolerances) => {
      if (x - b > 0 || Number.isNaN(x)) return b;
      const { roundingUlps, functions } = tolerances;
      const exponential = Math.exp(Math.min(x, 0));
      // e^x - 1 cancels near 0: the exponential's error stays as it is
      const difference = functions.exp(x, exponential) + roundingUlps * ulp(1 - exponential);
      const ownError =
        Math.abs(alpha) * difference +
        float32Rounding(alpha) * (1 - exponential) +
        roundingUlps * ulp(value);
      return withOwnError(value, slopes(x, b), ownError, tolerances);
    })(call);
  },
  leakyRelu: (call) => {
    const { alpha } = call.attributes;
    const slopes = kinked(alpha);
    return unaryRule((x, b, value, tolerances) => {
      if (x - b > 0 || value === 0 || !Number.isFinite(x)) return slopes(x, b);
      const change = slopes(x, b);
      const ownError =
        float32Rounding(alpha) * (Math.abs(x) + b) +
        tolerances.roundingUlps * ulp(Math.abs(value) + change);
      return withOwnError(value, change, ownError, tolerances);
    })(call);
  },
  step: unaryRule(monotone((x) => (x >= 0 ? 1 : -1))),
  // an uncertain index may set any column within its bound
  oneHot: ({ inputs, attributes: { depth }, bounds, result }) => {
    const indices = operandAt(inputs, 0).data;
    const uncertain = boundAt(bounds, 0);
    const bound = result.map((_, i) => {
      const row = Math.floor(i / depth);
      const reach = uncertain[row] as number;
      return reach > 0 && Math.abs((indices[row] as number) - (i % depth)) <= reach ? 1 : 0;
    });
    return { bound };
  },
  stopGradient: ({ bounds }) => ({ bound: boundAt(bounds, 0) }),
  straightThrough: ({ bounds }) => ({ bound: boundAt(bounds, 0) }),
};

import type { BackendManifestV1, PrecisionClass } from '@etalon/spec';
import { FLOAT32_SMALLEST_NORMAL, ulp } from './float32.ts';

/** Functions of one variable whose accuracy differs between engines. */
export type FunctionName = 'sqrt' | 'exp' | 'log' | 'sin' | 'cos' | 'tanh' | 'erf' | 'sigmoid';

/** Largest error of a function at `x`, where the magnitude of the exact result is at most `magnitude`. */
export type FunctionError = (x: number, magnitude: number) => number;

/** How far one operator of an engine may be from the exact result of the operands it got. */
export interface Tolerances {
  /** Ulps of Σ|terms| for a sum of so many terms. */
  readonly sumUlps: (termCount: number) => number;
  /** Ulps of the result of `add`, `sub`, `mul` and of conversions to float32. */
  readonly roundingUlps: number;
  /** Ulps of the result of `div` and `reciprocal`. */
  readonly divisionUlps: number;
  /** Whether division and square root give a result exactly when it is a float32, as IEEE 754 demands. */
  readonly exactDivision: boolean;
  readonly functions: Readonly<Record<FunctionName, FunctionError>>;
  /** Largest error of `pow` at a base and an exponent. */
  readonly powerError: (base: number, exponent: number, magnitude: number) => number;
  /** Magnitudes below this may become zero; 0 where subnormal numbers are kept. */
  readonly flushedBelow: number;
}

/**
 * Ulps of Σ|terms| that every sum is granted. Engines stayed within 1.2 on sums of normally distributed
 * numbers of any length; a 16-term MatMul of ONNX Runtime 1.30 (CPU) reached 2.7.
 */
const SUM_ULPS = 2;

/**
 * Further ulps of Σ|terms|, times the square root of the number of terms. Rounding errors of a sum taken
 * one after the other behave like a random walk: λ of 1 to 2 in the bound λ·√n·u·Σ|terms| of N. Higham and
 * T. Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41 (2019). Terms of
 * one sign come near it: of uniform positive numbers, ONNX Runtime 1.30 (CPU) was 7.8 ulps off in a MatMul over
 * 128 and 42 in a ReduceSum over 20,000; of numbers that all lie in [0.1, 0.101], 139 in the latter (granted:
 * 143) and 674 in a ReduceSum over 1,280,000 (granted: 1,133).
 */
const SUM_ULPS_PER_SQRT_TERM = 1;

/** Error of at most so many ulps of the result, or an absolute floor where that is larger. */
function within(ulps: number, floor = 0): FunctionError {
  return (_, magnitude) => Math.max(ulps * ulp(magnitude), floor);
}

// Largest errors measured against float64 over ONNX Runtime 1.30 and TensorFlow.js 4.22, doubled where they
// were an ulp or two: exp 1 ulp, log 2.3 (near 1.13), tanh 5, erf 1 (tfjs 1.7e-7), sin and cos 1 (tfjs wasm
// 2.3e-7). ONNX Runtime's sigmoid is 0 below -18 and up to 1.3e-7 off elsewhere. pow: 16 ulps leave room
// for exp(b·log a) with the exponent held in two floats.
const cpu: Tolerances = {
  sumUlps: (termCount) => SUM_ULPS + SUM_ULPS_PER_SQRT_TERM * Math.sqrt(termCount),
  roundingUlps: 1,
  divisionUlps: 1,
  exactDivision: true,
  functions: {
    sqrt: within(1),
    exp: within(2),
    log: within(4),
    sin: within(2, 3e-7),
    cos: within(2, 3e-7),
    tanh: within(5),
    erf: within(2, 2e-7),
    sigmoid: within(2, 2e-7),
  },
  powerError: (_base, _exponent, magnitude) => 16 * ulp(magnitude),
  flushedBelow: 0,
};

// Far below the range, where the result is 0, the number of ulps must not grow for ever.
const expError: FunctionError = (x, magnitude) =>
  (3 + 2 * Math.min(Math.abs(x), 200)) * ulp(magnitude);
const logError: FunctionError = (x, magnitude) =>
  Math.max(3 * ulp(magnitude), x >= 0.5 && x <= 2 ? 2 ** -21 : 0);

// The specification covers [-π, π]; beyond, the error is taken to grow with the argument, as that of a
// reduction by a rounded multiple of π does.
const sineError: FunctionError = (x) => 2 ** -11 * Math.max(1, Math.abs(x) / Math.PI);

// exp2(b · log2 a): the errors of the logarithm and of the product are scaled by the exponential.
function powerByLogarithm(base: number, exponent: number, magnitude: number): number {
  const logarithm = Math.log2(Math.abs(base));
  const product = exponent * logarithm;
  if (!Number.isFinite(product)) return ulp(magnitude);
  const productError =
    Math.abs(exponent) * logError(Math.abs(base), Math.abs(logarithm)) + ulp(product);
  return magnitude * Math.expm1(Math.LN2 * productError) + expError(product, magnitude);
}

// WebGPU Shading Language, "Floating Point Accuracy" (15.7.4): addition, subtraction and multiplication
// correctly rounded; division 2.5 ulps; inverseSqrt 2 ulps and sqrt as 1 / inverseSqrt; exp 3 + 2·|x| ulps;
// log 2^-21 in [0.5, 2], else 3 ulps; sin and cos 2^-11 in [-π, π]; tanh 1e-5; pow as exp2(b·log2 a). erf and
// sigmoid are no functions of the language: the first is a polynomial times an exponential (6e-7 measured), the
// second 1 / (1 + exp(-x)).
const gpu: Tolerances = {
  ...cpu,
  divisionUlps: 2.5,
  exactDivision: false,
  functions: {
    sqrt: within(5),
    exp: expError,
    log: logError,
    sin: sineError,
    cos: sineError,
    tanh: within(5, 1e-5),
    erf: within(4, 2e-6),
    sigmoid: within(4, 1e-6),
  },
  powerError: powerByLogarithm,
  flushedBelow: FLOAT32_SMALLEST_NORMAL,
};

/**
 * Ulps of float32 that the reference may differ from itself after a program was rewritten: 512 ulps of
 * float64, so that sums in another order and functions made of others stay within.
 */
const EXACT_ULPS = 2 ** -20;

const exact: Tolerances = {
  ...cpu,
  sumUlps: (termCount) => EXACT_ULPS * Math.sqrt(termCount),
  roundingUlps: EXACT_ULPS,
  divisionUlps: EXACT_ULPS,
  functions: {
    sqrt: within(EXACT_ULPS),
    exp: within(EXACT_ULPS),
    log: within(EXACT_ULPS),
    sin: within(EXACT_ULPS),
    cos: within(EXACT_ULPS),
    tanh: within(EXACT_ULPS),
    erf: within(EXACT_ULPS),
    sigmoid: within(EXACT_ULPS),
  },
  powerError: (_base, _exponent, magnitude) => EXACT_ULPS * ulp(magnitude),
};

const tolerancesOf: Readonly<Record<PrecisionClass, Tolerances>> = { exact, cpu, gpu };

/**
 * Returns the tolerances of a precision class.
 *
 * @param subnormals - what the engine does with subnormal numbers; by default a `gpu` may flush them.
 */
export function selectTolerances(
  precision: PrecisionClass,
  subnormals?: BackendManifestV1['subnormals'],
): Tolerances {
  const tolerances = tolerancesOf[precision];
  if (subnormals === undefined) return tolerances;
  const flushedBelow = subnormals === 'flushed' ? FLOAT32_SMALLEST_NORMAL : 0;
  return { ...tolerances, flushedBelow };
}

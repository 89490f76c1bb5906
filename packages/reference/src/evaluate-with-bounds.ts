import type { BackendManifestV1, NodeOf, PrecisionClass, ProgramV1 } from '@etalon/spec';
import { FLOAT32_MAXIMUM, float32Rounding, ulp } from './bounds/float32.ts';
import { boundRules } from './bounds/index.ts';
import type { NodeBound } from './bounds/rule.ts';
import type { Tolerances } from './bounds/tolerances.ts';
import { selectTolerances } from './bounds/tolerances.ts';
import type { ReferenceInputs, ResultType } from './interpret.ts';
import { applyKernel, interpretProgram } from './interpret.ts';
import type { KernelName } from './kernels/kernel.ts';
import type { ReferenceTensor } from './tensor.ts';
import { concatenate, sizeOf, sliceTensor } from './tensor.ts';

/** Output of the oracle, with how far an engine may be from it. */
export interface BoundedTensor extends ReferenceTensor {
  /**
   * For each element the largest difference that an engine of the precision class may show; infinite
   * where nothing can be said. {@link isWithinBound} compares.
   */
  readonly bound: Float64Array;
  /** Σ|terms| of the last sum that the output is computed from, where there is one. */
  readonly termSums?: TermSums;
}

/** Σ|terms| of every element of one sum node. */
export interface TermSums {
  /** The user's path to the node. */
  readonly path: string;
  readonly operator: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Options of {@link evaluateWithBounds}. */
export interface BoundOptions {
  /** Precision class of the engine that is compared. */
  readonly precision: PrecisionClass;
  /** What the engine does with subnormal numbers. By default `gpu` may flush them and the others keep them. */
  readonly subnormals?: BackendManifestV1['subnormals'];
}

interface BoundedValue {
  readonly tensor: ReferenceTensor;
  readonly bound: Float64Array;
  /** The bound that the next node reads: infinite where an engine may have overflowed. */
  readonly operandBound: Float64Array;
  readonly lastSum: LastSum | undefined;
}

interface LastSum {
  /** Position among the program's sums. */
  readonly order: number;
  readonly termSums: TermSums;
}

/**
 * Evaluates a program and bounds, by a running error analysis, how far a float32 engine may be.
 *
 * Every operator adds its own error (sums: ulps of Σ|terms|; correctly rounded arithmetic: 1 ulp;
 * transcendental functions: ulps and an absolute floor per precision class) to what its operands bring in, to
 * first order and conservatively. Discontinuities are followed: a comparison of operands that are closer than
 * their bounds is uncertain, and so is everything chosen by it. Sums over n terms are granted 2 + √n ulps of
 * Σ|terms|: a probabilistic bound that an engine may exceed on systematically rounded data, such as very
 * many equal terms.
 *
 * Inputs that are not float32 numbers count as rounded, except for precision `exact`: there the bounds are
 * those of the reference against itself after a rewrite, plus the rounding of the read.
 *
 * @throws as {@link evaluateProgram}.
 */
export function evaluateWithBounds(
  program: ProgramV1,
  inputs: ReferenceInputs,
  { precision, subnormals }: BoundOptions,
): Record<string, BoundedTensor> {
  const tolerances = selectTolerances(precision, subnormals);
  let sums = 0;
  const outputs = interpretProgram<BoundedValue>(program, inputs, {
    lift: (tensor) => bounded(tensor, inputBound(tensor, precision), undefined, tolerances),
    apply: (node, operands, type) => {
      const tensors = operands.map((operand) => operand.tensor);
      const tensor = applyKernel(node, tensors, type);
      const bounds = operands.map((operand) => operand.operandBound);
      const { bound, termSums } = applyRule(node, tensors, bounds, tensor, type, tolerances);
      const { path, operator } = node;
      const lastSum =
        termSums === undefined
          ? latest(operands)
          : { order: ++sums, termSums: { path, operator, shape: type.shape, data: termSums } };
      return bounded(tensor, bound, lastSum, tolerances);
    },
    slice: ({ tensor, bound, operandBound: incoming }, index) => {
      const size = sizeOf(tensor.shape.slice(1));
      const part = (whole: Float64Array) => whole.subarray(index * size, (index + 1) * size);
      return {
        tensor: sliceTensor(tensor, index),
        bound: part(bound),
        operandBound: part(incoming),
        lastSum: undefined,
      };
    },
    stack: (slices, { dtype, shape }) => {
      const join = (part: (value: BoundedValue) => Float64Array) =>
        concatenate(slices.map(part), sizeOf(shape));
      return {
        tensor: { dtype, shape, data: join(({ tensor }) => tensor.data) },
        bound: join(({ bound }) => bound),
        operandBound: join((value) => value.operandBound),
        lastSum: undefined,
      };
    },
  });
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, toOutput(value, precision)]),
  );
}

function applyRule<K extends KernelName>(
  node: NodeOf<K>,
  inputs: readonly ReferenceTensor[],
  bounds: readonly Float64Array[],
  { data: result }: ReferenceTensor,
  type: ResultType,
  tolerances: Tolerances,
): NodeBound {
  const rule = boundRules[node.operator];
  const { attributes } = node;
  return rule({ inputs, attributes, ...type, result, bounds, tolerances });
}

function bounded(
  tensor: ReferenceTensor,
  bound: Float64Array,
  lastSum: LastSum | undefined,
  tolerances: Tolerances,
): BoundedValue {
  // A bool cannot be further off than the other bool.
  const own = tensor.dtype === 'bool' ? bound.map((b) => Math.min(b, 1)) : bound;
  return { tensor, bound: own, operandBound: operandBound(tensor, own, tolerances), lastSum };
}

// Copies the bound only where the next node must read another one than this node's.
function operandBound(
  { dtype, data }: ReferenceTensor,
  bound: Float64Array,
  { flushedBelow }: Tolerances,
): Float64Array {
  if (dtype !== 'float32') return bound;
  let result = bound;
  for (let i = 0; i < data.length; i++) {
    const magnitude = Math.abs(data[i] as number);
    const own = bound[i] as number;
    const overflows = magnitude + own > FLOAT32_MAXIMUM && Number.isFinite(magnitude);
    const flushes = magnitude < flushedBelow && magnitude !== 0;
    if (!overflows && !flushes) continue;
    if (result === bound) result = bound.slice();
    result[i] = overflows ? Number.POSITIVE_INFINITY : own + magnitude;
  }
  return result;
}

function inputBound({ dtype, data }: ReferenceTensor, precision: PrecisionClass): Float64Array {
  if (dtype !== 'float32' || precision === 'exact') return new Float64Array(data.length);
  return data.map(float32Rounding);
}

function latest(operands: readonly BoundedValue[]): LastSum | undefined {
  let last: LastSum | undefined;
  for (const { lastSum } of operands) {
    if (lastSum !== undefined && lastSum.order > (last?.order ?? 0)) last = lastSum;
  }
  return last;
}

function toOutput(
  { tensor, bound, lastSum }: BoundedValue,
  precision: PrecisionClass,
): BoundedTensor {
  const rounds = precision === 'exact' && tensor.dtype === 'float32';
  return {
    ...tensor,
    bound: rounds ? bound.map((b, i) => readBound(tensor.data[i] as number, b)) : bound,
    ...(lastSum && { termSums: lastSum.termSums }),
  };
}

// The reference rounds to float32 when a tensor is read.
function readBound(value: number, bound: number): number {
  if (bound === 0) return float32Rounding(value);
  return bound + ulp(Math.abs(value) + bound) / 2;
}

import type { Tensor } from '@etalon/compiler';
import { add, formatType, mul, reciprocal, reshape, sqrt } from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';
import type { Initializer } from '../initializers/initializer.ts';
import { ones, zeros } from '../initializers/initializers.ts';
import { outOfRange, requireFinite } from '../initializers/options.ts';
import { fixedSize } from './fixed-size.ts';
import type { LayerOptions, LayerScope } from './layer.ts';

/** Options that normalizing layers have in common. */
export interface NormalizationOptions extends LayerOptions {
  /** Added to the variance; default 1e-3. */
  readonly epsilon?: number;
  /** Whether the result is multiplied by a parameter `gamma`; default true. */
  readonly scale?: boolean;
  /** Whether a parameter `beta` is added to the result; default true. */
  readonly center?: boolean;
  /** Default ones. */
  readonly gammaInitializer?: Initializer;
  /** Default zeros. */
  readonly betaInitializer?: Initializer;
}

/** Keras's default. */
const EPSILON = 1e-3;

/**
 * Returns the epsilon.
 *
 * @throws {AttributeError} when it is negative or not finite.
 */
export function resolveEpsilon(where: string, { epsilon = EPSILON }: NormalizationOptions): number {
  requireFinite(where, 'epsilon', epsilon);
  if (epsilon < 0) throw outOfRange(where, 'epsilon', epsilon, 'a number of at least 0');
  return epsilon;
}

/**
 * Returns axes of an input, counted from the front and in order.
 *
 * @throws {AttributeError} when one is out of range or named twice.
 */
export function resolveLayerAxes(
  where: string,
  axes: readonly number[],
  input: Tensor,
): readonly [number, ...number[]] {
  const rank = input.shape.length;
  const resolved = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  const [first, ...rest] = resolved;
  const fits = resolved.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank);
  if (first !== undefined && fits && new Set(resolved).size === axes.length)
    return [first, ...rest];
  throw new AttributeError(
    'OPTION_AXIS',
    `${where}: axis must name axes of the input, each once, got ${JSON.stringify(axes)} for ${formatType(input)} (rank ${rank}).`,
  );
}

/** What {@link scaleAndShift} needs to know of the variables. */
interface Affine {
  /** Shape of the variables: the input's sizes on the axes that they vary along. */
  readonly sizes: readonly number[];
  /** Makes a variable broadcast against the input. */
  readonly spread: (variable: Tensor) => Tensor;
}

/** Returns the sizes of an input on some axes, and how a variable of that shape is laid along the input. */
export function alongAxes(where: string, input: Tensor, axes: readonly number[]): Affine {
  const sizes = axes.map((axis) => fixedSize(where, input, axis, `size of axis ${axis}`));
  const [first = 0] = axes;
  // the last axes line up by themselves
  const trailing = axes.every((axis, at) => axis === input.shape.length - axes.length + at);
  const wide = input.shape.slice(first).map((size, at) => (axes.includes(first + at) ? size : 1));
  return { sizes, spread: (variable) => (trailing ? variable : reshape(variable, wide)) };
}

/** Returns `centered / sqrt(variance + epsilon) · gamma + beta`, with what the options leave of it. */
export function scaleAndShift(
  centered: Tensor,
  variance: Tensor,
  epsilon: number,
  { sizes, spread }: Affine,
  scope: LayerScope,
  options: NormalizationOptions,
): Tensor {
  const { scale = true, center = true } = options;
  let factor = reciprocal(sqrt(add(variance, epsilon)));
  // one factor for each feature where the statistics are, so that the input is multiplied once
  if (scale) {
    const gamma = scope.parameter('gamma', sizes, options.gammaInitializer ?? ones());
    factor = mul(factor, spread(gamma));
  }
  const output = mul(centered, factor);
  if (!center) return output;
  const beta = scope.parameter('beta', sizes, options.betaInitializer ?? zeros());
  return add(output, spread(beta));
}

import type { ConvolutionAttributes, Dimension } from '@etalon/spec';
import { multiplyDimensions, shapesEqual } from '../dimension/index.ts';
import { conv2dFilterGradient } from '../operators/convolution-emit.ts';
import { scatterAdd } from '../operators/indexing.ts';
import { matmul } from '../operators/linear-algebra.ts';
import { reshape, swapLastAxes, transpose } from '../operators/movement.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { IterationSumContext, IterationSumRule, Later } from './definition.ts';

type Context = IterationSumContext<2, unknown>;

/** Where one operand of a product varies, the product of its sum; `undefined` for other cases. */
function sumOfOne(
  { inputs: [a, b], varies, sum, invariant }: Context,
  apply: (a: Tensor, b: Tensor) => Tensor,
): Later | undefined {
  if (varies(a) && varies(b)) return undefined;
  const [left, right] = [varies(a) ? sum(a) : invariant(a), varies(b) ? sum(b) : invariant(b)];
  return () => apply(left(), right());
}

/** For operators that are linear in one operand and have no other. */
export function sumOfLinear<A>(
  apply: (sum: Tensor, attributes: A) => Tensor,
): IterationSumRule<1, A> {
  return ({ inputs: [x], attributes, sum }) => {
    const whole = sum(x);
    return () => apply(whole(), attributes);
  };
}

/** For sums and differences; a stretched operand would count too often. */
export function sumOfTerms(apply: (a: Tensor, b: Tensor) => Tensor): IterationSumRule<2, unknown> {
  return ({ inputs: [a, b], output, sum }) => {
    if (![a, b].every(({ shape }) => shapesEqual(shape, output.shape))) return undefined;
    const [left, right] = [sum(a), sum(b)];
    return () => apply(left(), right());
  };
}

/** For products element by element with something that is the same in every iteration. */
export function sumOfScaled(
  apply: (a: Tensor, b: Tensor) => Tensor,
  linearIn: 'both' | 'first',
): IterationSumRule<2, unknown> {
  return (context) => {
    const { inputs, varies, output } = context;
    const at = inputs.findIndex((input) => varies(input));
    const isLinear = linearIn === 'both' || at === 0;
    const isWhole = shapesEqual(inputs[at]?.shape ?? [], output.shape);
    return isLinear && isWhole ? sumOfOne(context, apply) : undefined;
  };
}

/** The iterations' inner axes side by side: Σ Aᵢ·Bᵢ is [A₁ A₂ …]·[B₁; B₂; …]. */
export const sumOfProducts: IterationSumRule<2, unknown> = (context) => {
  const { inputs, varies, stacked } = context;
  const [a, b] = inputs;
  if (!varies(a) || !varies(b)) return sumOfOne(context, matmul);
  if (a.shape.length !== 2 || b.shape.length !== 2) return undefined;
  const columns = turned(context, a);
  const left = stacked(columns ?? a);
  const right = stacked(b);
  return () => {
    const rows = columns === undefined ? transpose(left(), [0, 2, 1]) : left();
    return matmul(swapLastAxes(joined(rows)), joined(right()));
  };
};

// A product of gradients begins with a transposed matrix: its rows are stacked as they are.
function turned({ producer }: Context, matrix: Tensor): Tensor | undefined {
  const made = producer(matrix);
  if (made?.node.operator !== 'transpose') return undefined;
  const [first, second] = made.node.attributes.permutation;
  return first === 1 && second === 0 ? made.inputs[0] : undefined;
}

/** `[length, rows, …]` as `[length · rows, …]`. */
function joined(stack: Tensor): Tensor {
  const [length = 1, rows = 1, ...rest] = stack.shape;
  return reshape(stack, [multiplyDimensions(length, rows), ...rest]);
}

/** Updates of all iterations at once. */
export const sumOfScattered: IterationSumRule<2, { readonly size: Dimension }> = ({
  inputs: [indices, updates],
  attributes: { size },
  varies,
  sum,
  stacked,
  invariant,
}) => {
  if (!varies(indices)) {
    const [places, whole] = [invariant(indices), sum(updates)];
    return () => scatterAdd(places(), whole(), { size });
  }
  if (!varies(updates)) return undefined;
  const [places, parts] = [stacked(indices), stacked(updates)];
  return () => scatterAdd(places(), parts(), { size });
};

/** The images of all iterations as one batch. */
export const sumOfFilterGradients: IterationSumRule<2, ConvolutionAttributes> = ({
  inputs: [image, outputGradient],
  output,
  attributes,
  varies,
  stacked,
}) => {
  if (!varies(image) || !varies(outputGradient)) return undefined;
  const [images, gradients] = [stacked(image), stacked(outputGradient)];
  return () => conv2dFilterGradient(joined(images()), joined(gradients()), output, attributes);
};

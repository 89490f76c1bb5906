import type { Dimension, NoAttributes } from '@etalon/spec';
import { addDimensions, dimensionsEqual, shapesEqual } from '../dimension/index.ts';
import { emit } from '../operators/emit.ts';
import { concat, pad, reshape, transpose } from '../operators/movement.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { SimplifyContext } from './definition.ts';
import { tryBroadcast } from './type-rules.ts';

type Binary = SimplifyContext<2, NoAttributes>;

/** The operand of `expand` where broadcasting makes it superfluous. */
function withoutExpand(
  tensor: Tensor,
  other: Tensor,
  { producer, output }: Binary,
): Tensor | undefined {
  const made = producer(tensor);
  const source = made?.inputs[0];
  if (made?.node.operator !== 'expand' || source === undefined) return undefined;
  const shape = tryBroadcast(source.shape, other.shape);
  return shape !== undefined && shapesEqual(shape, output.shape) ? source : undefined;
}

/** Takes `expand` off the operands of an operator that broadcasts anyway. */
export function dropExpand<K extends 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'pow'>(
  operator: K,
  context: Binary,
): Tensor | undefined {
  const [a, b] = context.inputs;
  const left = withoutExpand(a, b, context);
  const right = withoutExpand(b, left ?? a, context);
  if (left === undefined && right === undefined) return undefined;
  return emit<'add'>(operator as 'add', [left ?? a, right ?? b], {});
}

/** Drops a neutral right operand: `x - 0`, `x / 1`. `x + 0` and `x - -0` stay, for they turn -0 into 0. */
export function dropNeutral(
  { inputs: [a, b], output, scalarOf }: Binary,
  neutral: number,
): Tensor | undefined {
  return Object.is(scalarOf(b), neutral) && shapesEqual(a.shape, output.shape) ? a : undefined;
}

/** Drops a factor of 1 on either side. */
export function dropFactorOne(context: Binary): Tensor | undefined {
  const { inputs, output, scalarOf } = context;
  const [a, b] = inputs;
  return (
    dropNeutral(context, 1) ??
    (scalarOf(a) === 1 && shapesEqual(b.shape, output.shape) ? b : undefined)
  );
}

/** Skips a reshape of a reshape. */
export function mergeReshapes({
  inputs: [x],
  output,
  producer,
}: SimplifyContext<1, unknown>): Tensor | undefined {
  if (shapesEqual(x.shape, output.shape)) return x;
  const made = producer(x);
  const source = made?.inputs[0];
  if (made?.node.operator !== 'reshape' || source === undefined) return undefined;
  return reshape(source, output.shape);
}

/** Drops a transposition that moves nothing and composes two into one. */
export function mergeTransposes({
  inputs: [x],
  attributes: { permutation },
  producer,
}: SimplifyContext<1, { readonly permutation: readonly number[] }>): Tensor | undefined {
  if (permutation.every((axis, at) => axis === at)) return x;
  const made = producer(x);
  const source = made?.inputs[0];
  if (made?.node.operator !== 'transpose' || source === undefined) return undefined;
  const first = made.node.attributes.permutation;
  const both = permutation.map((axis) => first[axis] ?? axis);
  return both.every((axis, at) => axis === at) ? source : transpose(source, both);
}

/** A tensor between zeros along one axis. */
interface Padded {
  readonly source: Tensor;
  readonly axis: number;
  readonly before: Dimension;
  readonly after: Dimension;
}

function paddedBy(tensor: Tensor, { producer }: Binary): Padded | undefined {
  const made = producer(tensor);
  const source = made?.inputs[0];
  if (made?.node.operator !== 'pad' || source === undefined) return undefined;
  const { before, after, value } = made.node.attributes;
  const axes = before.flatMap((count, axis) => (count === 0 && after[axis] === 0 ? [] : [axis]));
  const [axis = -1] = axes;
  if (value !== 0 || axes.length !== 1) return undefined;
  return { source, axis, before: before[axis] ?? 0, after: after[axis] ?? 0 };
}

/**
 * Parts side by side, each padded with zeros to the whole and added, as the gradient of a tensor that was cut into slices is: they
 * are joined instead. A zero that was negative stays negative.
 */
export function joinPadded(context: Binary): Tensor | undefined {
  const [a, b] = context.inputs.map((input) => paddedBy(input, context));
  if (a === undefined || b === undefined || a.axis !== b.axis) return undefined;
  if (!context.inputs.every(({ shape }) => shapesEqual(shape, context.output.shape)))
    return undefined;
  const { axis } = a;
  const endOf = ({ source, before }: Padded): Dimension =>
    addDimensions(before, source.shape[axis] ?? 0);
  const isFirst = dimensionsEqual(endOf(a), b.before);
  if (!isFirst && !dimensionsEqual(endOf(b), a.before)) return undefined;
  const [first, second] = isFirst ? [a, b] : [b, a];
  const parts = [first, second].flatMap(({ source }) => partsOf(source, axis, context.producer));
  const joined = concat(parts, { axis });
  if (first.before === 0 && second.after === 0) return joined;
  const around = (count: Dimension): readonly Dimension[] =>
    joined.shape.map((_, at) => (at === axis ? count : 0));
  return pad(joined, { before: around(first.before), after: around(second.after) });
}

/** Joins the parts of parts at once. */
export function flattenConcat({
  inputs,
  attributes: { axis },
  producer,
}: SimplifyContext<'variadic', { readonly axis: number }>): Tensor | undefined {
  const [first, ...rest] = inputs;
  if (rest.length === 0) return first;
  const parts = inputs.flatMap((input) => partsOf(input, axis, producer));
  return parts.length === inputs.length ? undefined : concat(parts, { axis });
}

function partsOf(tensor: Tensor, axis: number, producer: Binary['producer']): readonly Tensor[] {
  const made = producer(tensor);
  return made?.node.operator === 'concat' && made.node.attributes.axis === axis
    ? made.inputs
    : [tensor];
}

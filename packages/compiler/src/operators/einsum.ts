import type { Dimension, Shape } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { dimensionsEqual, elementCount } from '../dimension/index.ts';
import { formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { Labels } from './einsum-equation.ts';
import { parseEquation } from './einsum-equation.ts';
import { mul } from './elementwise.ts';
import { builderOf, placeOf } from './emit.ts';
import { matmul } from './linear-algebra.ts';
import { reshape, transpose } from './movement.ts';
import { reduceSum } from './reduction.ts';

/** A tensor whose axes have names. */
interface Labelled {
  readonly tensor: Tensor;
  readonly labels: Labels;
}

/**
 * Returns the sum of products that an equation in Einstein's notation describes: axes of one letter are multiplied
 * element by element, and those that the result does not have are summed. NumPy `einsum`.
 *
 * `"ij,jk->ik"` is a product of matrices, `"ij->ji"` a transpose, `"i,i->"` an inner product. Without `->`, the result has
 * the letters that occur once, in the order of the alphabet, capitals first. `...` stands for any further axes,
 * which the result has too and which line up from the last one. A size of 1 stretches. Operands are contracted from
 * left to right; of products of float32, sums are matrix products. Names of sizes are kept.
 *
 * An operand must not have one letter twice: unlike NumPy, this takes no diagonals.
 *
 * @throws {AttributeError} `ATTRIBUTE_EINSUM` when the equation cannot be, or is for other operands.
 * @throws {ShapeError} `SHAPE_EINSUM` when an operand has another rank, or two sizes of one letter differ.
 *
 * @example
 * // attention scores of float32[batch, time, heads, depth]
 * const scores = einsum('bqhd,bkhd->bhqk', query, key);
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  const builder = builderOf('einsum', operands);
  const where = placeOf(builder, 'einsum');
  const { operands: labels, output } = parseEquation(where, equation, operands);
  const sizes = sizesOf(where, equation, operands, labels);
  return builder.scope('einsum', () => {
    const terms = operands.map((tensor, at) =>
      withoutOnes({ tensor, labels: labels[at] ?? [] }, sizes),
    );
    const product = terms.reduce((left, right, at) => {
      const later = terms.slice(at + 1).flatMap((term) => term.labels);
      return contract(left, right, new Set([...output, ...later]));
    });
    return arrange(sumOut(product, new Set(output)), output);
  });
}

function sizesOf(
  where: string,
  equation: string,
  operands: readonly Tensor[],
  labels: readonly Labels[],
): ReadonlyMap<string, Dimension> {
  const sizes = new Map<string, Dimension>();
  operands.forEach(({ shape }, at) => {
    shape.forEach((size, axis) => {
      const label = labels[at]?.[axis] ?? '';
      const known = sizes.get(label) ?? 1;
      if (known !== 1 && size !== 1 && !dimensionsEqual(known, size)) {
        throw new ShapeError(
          'SHAPE_EINSUM',
          `${where}: axes of one label must have one size, got ${operands.map(formatType).join(' and ')} for ${JSON.stringify(equation)}.`,
        );
      }
      if (known === 1) sizes.set(label, size);
    });
  });
  return sizes;
}

// An axis of size 1 that others stretch has one element for all of theirs: as if the operand did not have it.
function withoutOnes(
  { tensor, labels }: Labelled,
  sizes: ReadonlyMap<string, Dimension>,
): Labelled {
  const own = (label: string, axis: number): boolean =>
    tensor.shape[axis] !== 1 || sizes.get(label) === 1;
  return {
    tensor: reshape(
      tensor,
      tensor.shape.filter((_, axis) => own(labels[axis] ?? '', axis)),
    ),
    labels: labels.filter(own),
  };
}

/** Sums over the axes that are not wanted. */
function sumOut({ tensor, labels }: Labelled, wanted: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (wanted.has(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return {
    tensor: reduceSum(tensor, { axes }),
    labels: labels.filter((label) => wanted.has(label)),
  };
}

/** Puts axes into an order. */
function arrange({ tensor, labels }: Labelled, order: Labels): Tensor {
  const permutation = order.map((label) => labels.indexOf(label));
  return permutation.every((from, to) => from === to) ? tensor : transpose(tensor, permutation);
}

function contract(a: Labelled, b: Labelled, wanted: ReadonlySet<string>): Labelled {
  const left = sumOut(a, new Set([...wanted, ...b.labels]));
  const right = sumOut(b, new Set([...wanted, ...a.labels]));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const parts: Parts = {
    batch: shared.filter((label) => wanted.has(label)),
    summed: shared.filter((label) => !wanted.has(label)),
    rows: left.labels.filter((label) => !shared.includes(label)),
    columns: right.labels.filter((label) => !shared.includes(label)),
  };
  const floats = left.tensor.dtype === 'float32' && right.tensor.dtype === 'float32';
  if (parts.summed.length > 0 && floats) return multiplyMatrices(left, right, parts);
  return sumOut(multiplyElements(left, right, parts), wanted);
}

/** Labels of a contraction: of both operands and kept, of both and summed, of the first alone, of the second alone. */
interface Parts {
  readonly batch: Labels;
  readonly summed: Labels;
  readonly rows: Labels;
  readonly columns: Labels;
}

function multiplyMatrices(left: Labelled, right: Labelled, parts: Parts): Labelled {
  const { batch, summed, rows, columns } = parts;
  const size = (of: Labelled, labels: Labels): Shape =>
    labels.map((label) => of.tensor.shape[of.labels.indexOf(label)] ?? 1);
  // one axis for all of a kind: matrices, or stacks of them
  const folded = (of: Labelled, ...groups: readonly Labels[]): Tensor =>
    reshape(
      arrange(of, groups.flat()),
      groups
        .filter((labels) => labels !== batch || batch.length > 0)
        .map((labels) => elementCount(size(of, labels))),
    );
  const product = matmul(folded(left, batch, rows, summed), folded(right, batch, summed, columns));
  const shape = [...size(left, batch), ...size(left, rows), ...size(right, columns)];
  return { tensor: reshape(product, shape), labels: [...batch, ...rows, ...columns] };
}

function multiplyElements(left: Labelled, right: Labelled, { rows, columns }: Parts): Labelled {
  // the axes of the larger operand stay where they are
  const labels = rows.length === 0 ? right.labels : [...left.labels, ...columns];
  return { tensor: mul(spread(left, labels), spread(right, labels)), labels };
}

/** Lines an operand up with axes of which it has some: the others get size 1, but for leading ones. */
function spread({ tensor, labels }: Labelled, order: Labels): Tensor {
  const own = order.filter((label) => labels.includes(label));
  const arranged = arrange({ tensor, labels }, own);
  const from = order.findIndex((label) => labels.includes(label));
  const shape = order.map((label) => arranged.shape[own.indexOf(label)] ?? 1);
  return reshape(arranged, from === -1 ? [] : shape.slice(from));
}

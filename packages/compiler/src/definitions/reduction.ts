import type {
  ArgumentAttributes,
  DType,
  ReductionAttributes,
  ReductionOperatorsV1,
  Shape,
  ValueType,
} from '@etalon/spec';
import { AttributeError, ShapeError } from '@etalon/spec';
import { elementCount } from '../dimension/index.ts';
import { cast, div, equal, mul } from '../operators/elementwise.ts';
import { elementCountOf, filledConstant } from '../operators/indexing.ts';
import { expand, reshape } from '../operators/movement.ts';
import { reduceSum } from '../operators/reduction.ts';
import { formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { DefinitionsOf, GradientContext, OperatorRule } from './definition.ts';
import { floatDTypes, numericDTypes } from './definition.ts';
import { sumPooledGradient } from './pool-gradient-rules.ts';
import { requireAxis, requireBoolean, requireDType } from './type-rules.ts';

type Reduction = OperatorRule<1, ReductionAttributes>;
type ReductionContext = GradientContext<1, ReductionAttributes>;

const onePerOperandElement = ([x]: readonly [ValueType]) => elementCount(x.shape);

function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

function requireAxes(x: ValueType, axes: readonly number[]): void {
  axes.forEach((axis, at) => {
    requireAxis(axis, x);
    if (at > 0 && axis <= (axes[at - 1] ?? 0)) {
      throw new AttributeError(
        'ATTRIBUTE_AXES',
        `axes must be sorted and distinct, got [${axes.join(', ')}].`,
      );
    }
  });
}

function reduction(
  dtypes: readonly DType[],
  gradient: Reduction['gradient'],
  valueOfNothing: (dtype: DType) => number,
  decompose?: Reduction['decompose'],
): Reduction {
  return {
    kind: 'core',
    type: ([x], { axes, keepDims }) => {
      requireDType(x, dtypes, 'operand');
      requireAxes(x, axes);
      requireBoolean(keepDims, 'keepDims');
      return { dtype: x.dtype, shape: reducedShape(x.shape, axes, keepDims) };
    },
    gradient,
    whenEmpty: ({ output }) => filledConstant(output, valueOfNothing(output.dtype)),
    flops: onePerOperandElement,
    ...(decompose && { decompose }),
  };
}

// A reduced tensor back in the operand's rank, reduced axes of size 1, ready to broadcast.
function withKeptAxes(tensor: Tensor, { inputs: [x], attributes }: ReductionContext): Tensor {
  return reshape(tensor, reducedShape(x.shape, attributes.axes, true));
}

// The gradient of a maximum is shared evenly among the elements that attain it, as in JAX and PyTorch.
function shareAmongExtremes(context: ReductionContext): readonly [Tensor] {
  const {
    inputs: [x],
    output,
    outputGradient,
    attributes: { axes },
  } = context;
  const attained = cast(equal(x, withKeptAxes(output, context)), 'float32');
  const count = reduceSum(attained, { axes, keepDims: true });
  return [mul(attained, div(withKeptAxes(outputGradient, context), count))];
}

function search(): OperatorRule<1, ArgumentAttributes> {
  return {
    kind: 'core',
    type: ([x], { axis, keepDims }) => {
      requireDType(x, numericDTypes, 'operand');
      requireAxis(axis, x);
      requireBoolean(keepDims, 'keepDims');
      if (x.shape[axis] === 0) {
        throw new ShapeError(
          'SHAPE_SEARCH_EMPTY',
          `there is no index to return on an empty axis, got ${formatType(x)}, axis ${axis}.`,
        );
      }
      return { dtype: 'int32', shape: reducedShape(x.shape, [axis], keepDims) };
    },
    gradient: 'zero',
    flops: onePerOperandElement,
  };
}

const int32Minimum = -(2 ** 31);
const int32Maximum = 2 ** 31 - 1;

/** Definitions of the reductions. */
export const reductionDefinitions: DefinitionsOf<keyof ReductionOperatorsV1> = {
  // d Σx = Σdx
  reduceSum: {
    ...reduction(
      numericDTypes,
      (context) => [expand(withKeptAxes(context.outputGradient, context), context.inputs[0].shape)],
      () => 0,
    ),
    simplify: sumPooledGradient,
    sumOverIterations: ({ inputs: [x], attributes: { axes, keepDims }, stacked }) => {
      const whole = stacked(x);
      return () => {
        const sums = reduceSum(whole(), { axes: [0, ...axes.map((axis) => axis + 1)], keepDims });
        return keepDims ? reshape(sums, reducedShape(x.shape, axes, true)) : sums;
      };
    },
  },
  // d mean(x) = Σdx / n
  reduceMean: reduction(
    floatDTypes,
    (context) => {
      const [x] = context.inputs;
      const mean = div(context.outputGradient, elementCountOf(x, context.attributes.axes));
      return [expand(withKeptAxes(mean, context), x.shape)];
    },
    () => Number.NaN,
    ({ inputs: [x], attributes }) =>
      div(reduceSum(x, attributes), elementCountOf(x, attributes.axes)),
  ),
  reduceMax: reduction(numericDTypes, shareAmongExtremes, (dtype) =>
    dtype === 'int32' ? int32Minimum : Number.NEGATIVE_INFINITY,
  ),
  reduceMin: reduction(numericDTypes, shareAmongExtremes, (dtype) =>
    dtype === 'int32' ? int32Maximum : Number.POSITIVE_INFINITY,
  ),
  argMax: search(),
  argMin: search(),
};

import type { IndexingOperatorsV1, Shape, ValueType } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { elementCount, shapesEqual } from '../dimension/index.ts';
import { filled, filledConstant, gather, scatterAdd } from '../operators/indexing.ts';
import { transpose } from '../operators/movement.ts';
import { formatShape, formatType } from '../program/format-type.ts';
import type { DefinitionsOf } from './definition.ts';
import { floatDTypes } from './definition.ts';
import { sumOfScattered } from './iteration-sums.ts';
import { requireAxis, requireDType } from './type-rules.ts';

// Where there are no places, every index is out of range; sizes that are not known yet may turn out to be 0.
function requireNoIndex(indices: ValueType, place: string): void {
  if (!indices.shape.every((size) => typeof size === 'number' && size > 0)) return;
  throw new ShapeError(
    'SHAPE_INDEX_EMPTY',
    `there is nothing to index ${place}, got indices ${formatType(indices)}.`,
  );
}

/** Definitions of look-ups by index. */
export const indexingDefinitions: DefinitionsOf<keyof IndexingOperatorsV1> = {
  gather: {
    kind: 'core',
    type: ([x, indices], { axis }) => {
      requireDType(indices, ['int32'], 'indices');
      requireAxis(axis, x);
      if (x.shape[axis] === 0) requireNoIndex(indices, `along axis ${axis} of ${formatType(x)}`);
      const shape: Shape = [
        ...x.shape.slice(0, axis),
        ...indices.shape,
        ...x.shape.slice(axis + 1),
      ];
      return { dtype: x.dtype, shape };
    },
    indices: ([x], { axis }) => ({ operand: 1, limit: x.shape[axis] ?? 0 }),
    rearranges: true,
    // the index axes move to the front, add up by index, and the summed axis moves back
    gradient: ({ inputs: [x, indices], attributes: { axis }, outputGradient: dy }) => {
      const axes = dy.shape.map((_, at) => at);
      const indexAxes = axes.slice(axis, axis + indices.shape.length);
      const others = axes.filter((at) => !indexAxes.includes(at));
      const summed = scatterAdd(indices, transpose(dy, [...indexAxes, ...others]), {
        size: x.shape[axis] ?? 1,
      });
      const back = x.shape.map((_, at) => (at === axis ? 0 : at < axis ? at + 1 : at));
      return [transpose(summed, back), undefined];
    },
  },
  scatterAdd: {
    kind: 'core',
    dataOperand: 1,
    indices: (_, { size }) => ({ operand: 0, limit: size }),
    type: ([indices, updates], { size }) => {
      requireDType(indices, ['int32'], 'indices');
      requireDType(updates, floatDTypes, 'updates');
      const rank = indices.shape.length;
      if (!shapesEqual(indices.shape, updates.shape.slice(0, rank))) {
        throw new ShapeError(
          'SHAPE_SCATTER',
          `updates must begin with the indices' shape, got ${formatType(updates)} for indices ${formatShape(indices.shape)}.`,
        );
      }
      if (size === 0) requireNoIndex(indices, 'in a result of size 0');
      return { dtype: 'float32', shape: [size, ...updates.shape.slice(rank)] };
    },
    gradient: ({ inputs: [indices], outputGradient: dy }) => [
      undefined,
      gather(dy, indices, { axis: 0 }),
    ],
    sumOverIterations: sumOfScattered,
    whenEmpty: ({ output }) => filledConstant(output, 0),
    mapDimensions: ({ size }, map) => ({ size: map(size) }),
    flops: ([, updates]) => elementCount(updates.shape),
  },
  dimensionSize: {
    kind: 'core',
    type: () => ({ dtype: 'int32', shape: [] }),
    gradient: 'zero',
    simplify: ({ attributes: { dimension } }) =>
      typeof dimension === 'number' ? filled({ dtype: 'int32', shape: [] }, dimension) : undefined,
    mapDimensions: ({ dimension }, map) => ({ dimension: map(dimension) }),
  },
};

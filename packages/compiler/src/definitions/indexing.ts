import type { IndexingOperatorsV1, Shape } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { elementCount, shapesEqual } from '../dimension/index.ts';
import { filled, gather, scatterAdd } from '../operators/indexing.ts';
import { transpose } from '../operators/movement.ts';
import { formatShape, formatType } from '../program/format-type.ts';
import type { DefinitionsOf } from './definition.ts';
import { floatDTypes } from './definition.ts';
import { requireAxis, requireDType } from './type-rules.ts';

/** Definitions of look-ups by index. */
export const indexingDefinitions: DefinitionsOf<keyof IndexingOperatorsV1> = {
  gather: {
    kind: 'core',
    type: ([x, indices], { axis }) => {
      requireDType(indices, ['int32'], 'indices');
      requireAxis(axis, x);
      const shape: Shape = [
        ...x.shape.slice(0, axis),
        ...indices.shape,
        ...x.shape.slice(axis + 1),
      ];
      return { dtype: x.dtype, shape };
    },
    indices: ([x], { axis }) => ({ operand: 1, limit: x.shape[axis] ?? 0 }),
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
    whenEmpty: ({ inputs: [x], attributes }) => {
      throw new ShapeError(
        'SHAPE_GATHER_EMPTY',
        `there is nothing to look up, got ${formatType(x)} along axis ${attributes.axis}.`,
      );
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
      return { dtype: 'float32', shape: [size, ...updates.shape.slice(rank)] };
    },
    gradient: ({ inputs: [indices], outputGradient: dy }) => [
      undefined,
      gather(dy, indices, { axis: 0 }),
    ],
    whenEmpty: ({ output }) => filled(output, 0),
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

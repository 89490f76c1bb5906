import type { IndexingOperatorsV1 } from '@etalon/spec';
import type { KernelsOf } from './kernel.ts';
import { every, float, MAXIMUM_RANK, operandAt } from './kernel.ts';
import { sizeOf } from './strided.ts';

/** Rows of the operators that look up by index: loops that copy whole slices. */
export const indexingKernels: KernelsOf<keyof IndexingOperatorsV1> = {
  gather: {
    dtypes: every,
    maximumRank: MAXIMUM_RANK,
    kind: () => 'loop',
    run: ({ scope, inputs, attributes: { axis }, shape }) => {
      const table = operandAt(inputs, 0);
      const places = operandAt(inputs, 1);
      const result = scope.allocateLike(table, shape);
      const [to, from, indices] = [result, table, places].map((x) => scope.view(x)) as [
        Float32Array,
        Float32Array,
        Int32Array,
      ];
      const size = table.shape[axis] ?? 1;
      const outer = sizeOf(table.shape.slice(0, axis));
      const inner = sizeOf(table.shape.slice(axis + 1));
      let target = 0;
      for (let i = 0; i < outer; i += 1) {
        for (const index of indices) {
          if (index < 0 || index >= size) throw outOfRange(index, size);
          const source = (i * size + index) * inner;
          if (inner === 1) to[target] = from[source] as number;
          else to.set(from.subarray(source, source + inner), target);
          target += inner;
        }
      }
      return result;
    },
  },
  scatterAdd: {
    dtypes: float,
    maximumRank: MAXIMUM_RANK,
    kind: () => 'loop',
    run: ({ scope, inputs, shape }) => {
      const places = operandAt(inputs, 0);
      const updates = operandAt(inputs, 1);
      const result = scope.allocate('float32', shape);
      const [to, indices, from] = [result, places, updates].map((x) => scope.view(x)) as [
        Float32Array,
        Int32Array,
        Float32Array,
      ];
      to.fill(0);
      const [size = 1] = shape;
      const inner = sizeOf(shape.slice(1));
      let source = 0;
      for (const index of indices) {
        if (index < 0 || index >= size) throw outOfRange(index, size);
        const target = index * inner;
        for (let i = 0; i < inner; i += 1, source += 1) {
          to[target + i] = (to[target + i] as number) + (from[source] as number);
        }
      }
      return result;
    },
  },
  dimensionSize: {
    dtypes: ['int32'],
    maximumRank: MAXIMUM_RANK,
    kind: () => 'loop',
    run: ({ scope, attributes: { dimension }, sizeOf: evaluate }) => {
      const result = scope.allocate('int32', []);
      scope.view(result)[0] = evaluate(dimension);
      return result;
    },
  },
};

function outOfRange(index: number, size: number): RangeError {
  return new RangeError(`index ${index} is outside 0 … ${size - 1}`);
}

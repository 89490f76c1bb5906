import { floorDivideDimension, multiplyDimensions } from '@etalon/compiler';
import type { Shape } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import type { LoweredValue } from './lowered-value.ts';
import { permute } from './lowered-value.ts';
import type { RuntimeSizes } from './runtime-sizes.ts';

/** HWIO filters as OIHW. */
const TO_OIHW = [3, 2, 0, 1];

/**
 * Returns a HWIO filter bank as OIHW, transposed once. One that is known is stored in that order: an
 * exported model then holds plain ONNX weights.
 */
export function filterOIHW(filter: LoweredValue): string {
  const { constant, path, graph: emitter } = filter;
  if (constant?.dtype === 'float32') {
    return emitter.memo(`oihw constant ${path}`, () =>
      emitter.initializer(
        emitter.tensorNames.unique(`${path}/oihw`),
        permute(constant.shape, TO_OIHW),
        { dtype: 'float32', data: transposed(constant.data, constant.shape, TO_OIHW) },
      ),
    );
  }
  const tensor = filter.rowMajor();
  return emitter.memo(`oihw ${tensor}`, () =>
    emitter.emit('Transpose', [tensor], { perm: TO_OIHW }),
  );
}

/**
 * Returns a HWIO filter bank turned by 180° with input and output channels exchanged, as OIHW: the filters
 * that spread an output gradient back over the image.
 */
export function reversedFilterIOHW(
  sizes: RuntimeSizes,
  filter: LoweredValue,
  groups: number,
): string {
  const emitter = filter.graph;
  const tensor = filter.rowMajor();
  return emitter.memo(`reversed ${groups} ${tensor}`, () => {
    const { shape } = filter.type;
    const turned = reversed(emitter, tensor, shape);
    if (groups === 1) return emitter.emit('Transpose', [turned], { perm: [2, 3, 0, 1] });
    const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
    const perGroup = floorDivideDimension(outputs, groups);
    const split = [height, width, inputs, groups, perGroup];
    const order = [3, 2, 4, 0, 1];
    const grouped = emitter.emit('Transpose', [sizes.reshape(turned, shape, split)], {
      perm: order,
    });
    const joined = [multiplyDimensions(inputs, groups), perGroup, height, width];
    return sizes.reshape(grouped, permute(split, order), joined);
  });
}

function reversed(emitter: GraphEmitter, tensor: string, [height, width]: Shape): string {
  if (height === 1 && width === 1) return tensor;
  const ends = emitter.int64s([-(2 ** 31), -(2 ** 31)]);
  const backwards = emitter.int64s([-1, -1]);
  return emitter.emit('Slice', [tensor, backwards, ends, emitter.int64s([0, 1]), backwards]);
}

function transposed(
  data: Float32Array,
  shape: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = permute(shape, permutation);
  const steps = permute(strides, permutation);
  const index = sizes.map(() => 0);
  let from = 0;
  return Float32Array.from(data, () => {
    const value = data[from] ?? 0;
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      index[axis] = (index[axis] ?? 0) + 1;
      from += steps[axis] ?? 0;
      if ((index[axis] ?? 0) < (sizes[axis] ?? 0)) break;
      from -= (steps[axis] ?? 0) * (sizes[axis] ?? 0);
      index[axis] = 0;
    }
    return value;
  });
}

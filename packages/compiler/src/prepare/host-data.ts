import type { DType, HostTensor } from '@etalon/spec';
import { DTypeError, ShapeError } from '@etalon/spec';

const arrays: { readonly [D in DType]: new () => HostTensor['data'] } = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
};

/**
 * Checks that a host tensor's data is in the array of its dtype and fills its shape, as backends need it.
 *
 * @param where - begins messages: `digits › input "image"`.
 * @throws {DTypeError} `DTYPE_INPUT_DATA` when the array is of another class.
 * @throws {ShapeError} `SHAPE_DATA_LENGTH` when the data does not fill the shape.
 */
export function requireHostData(where: string, { dtype, shape, data }: HostTensor): void {
  if (!Object.hasOwn(arrays, dtype) || !(data instanceof arrays[dtype])) {
    throw new DTypeError(
      'DTYPE_INPUT_DATA',
      `${where}: the data of a ${dtype} tensor must be in a ${arrays[dtype]?.name}, got ${Object.prototype.toString.call(data).slice(8, -1)}.`,
    );
  }
  let count = 1;
  for (const size of shape) {
    count = Number.isInteger(size) && size >= 0 ? count * size : Number.NaN;
  }
  if (count === data.length) return;
  throw new ShapeError(
    'SHAPE_DATA_LENGTH',
    `${where}: the data does not fill the shape, got ${data.length} elements for [${shape.join(', ')}].`,
  );
}

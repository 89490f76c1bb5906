import { SerializationError } from '@etalon/spec';

import type { TensorProto } from '../schema/onnx-pb.ts';
import { TensorProto_DataLocation as DataLocation } from '../schema/onnx-pb.ts';
import type { ElementLayout, ReadElements } from './element-layouts.ts';
import { elementLayouts } from './element-layouts.ts';
import { dataTypeName } from './element-types.ts';
import { hostBuffer } from './little-endian.ts';

/** A tensor read from a model: row-major, in memory of its own. */
export type OnnxTensor = ReadElements & {
  readonly name: string;
  /** Sizes; empty for a scalar. */
  readonly dims: readonly number[];
};

/** Options of {@link readTensor}. */
export interface ReadTensorOptions {
  /** Names the model in error messages, such as a file name. */
  readonly where?: string;
}

/**
 * Returns the elements of a tensor, from `raw_data` or from the list that its type prescribes.
 *
 * Reads the number types of whole bytes, float8 and complex numbers excepted.
 *
 * @throws {SerializationError} `ONNX_TENSOR_TYPE` for another element type; `ONNX_EXTERNAL_DATA`
 * for elements outside this message; `ONNX_CORRUPT` if the elements do not fill the shape or do not
 * fit their type.
 * @see onnx.proto, message `TensorProto`
 */
export function readTensor(tensor: TensorProto, options: ReadTensorOptions = {}): OnnxTensor {
  const name = `tensor "${tensor.name}"`;
  const where = options.where === undefined ? name : `${options.where} › ${name}`;
  checkInside(where, tensor);
  const layout = elementLayouts[tensor.dataType];
  if (layout === undefined) {
    throw new SerializationError(
      'ONNX_TENSOR_TYPE',
      `${where}: the element type cannot be read, got ${dataTypeName(tensor.dataType)}.\n` +
        'Expected a float, an integer or a bool type of whole bytes.',
      { details: { dataType: tensor.dataType } },
    );
  }
  const dims = tensor.dims.map((size) => readSize(where, size));
  const count = dims.reduce((product, size) => product * size, 1);
  const elements =
    tensor.rawData.length > 0
      ? fromRaw(where, tensor.rawData, layout, count)
      : fromList(where, tensor[layout.list], layout, count);
  if (elements.dtype === 'bool') {
    checkBooleans(where, elements.data);
  }
  return { name: tensor.name, dims, ...elements };
}

function fromRaw(
  where: string,
  raw: Uint8Array,
  layout: ElementLayout,
  count: number,
): ReadElements {
  if (raw.length !== count * layout.width) {
    throw corrupt(
      where,
      'raw_data does not fill the shape',
      `${raw.length} bytes`,
      `${count * layout.width}`,
    );
  }
  return layout.wrap(hostBuffer(raw, layout.width));
}

function fromList(
  where: string,
  list: readonly number[] | readonly bigint[],
  layout: ElementLayout,
  count: number,
): ReadElements {
  if (list.length !== count) {
    throw corrupt(where, 'the data does not fill the shape', `${list.length} elements`, `${count}`);
  }
  const elements = layout.wrap(new ArrayBuffer(count * layout.width));
  for (const [index, value] of list.entries()) {
    if (elements.dtype === 'int64' || elements.dtype === 'uint64') {
      elements.data[index] = BigInt(value);
    } else {
      elements.data[index] = Number(value);
      // The list is wider than the type for small integers, and the array would wrap.
      if (!Object.is(elements.data[index], Number(value))) {
        throw corrupt(where, `an element does not fit ${elements.dtype}`, `${value}`);
      }
    }
  }
  return elements;
}

function checkInside(where: string, tensor: TensorProto): void {
  if (tensor.dataLocation === DataLocation.EXTERNAL) {
    const location = tensor.externalData.find(({ key }) => key === 'location')?.value;
    throw new SerializationError(
      'ONNX_EXTERNAL_DATA',
      `${where}: the elements are in another file, got ${JSON.stringify(location ?? '')}.\n` +
        'Expected the elements inside the model.\n' +
        'Fix: save the model with its tensors inside, without external data.',
      { details: { location } },
    );
  }
  if (tensor.segment !== undefined) {
    throw new SerializationError(
      'ONNX_EXTERNAL_DATA',
      `${where}: the elements are spread over several messages, got one segment of them.\n` +
        'Expected the whole tensor in one message.',
    );
  }
}

function checkBooleans(where: string, data: Uint8Array): void {
  const invalid = data.find((value) => value > 1);
  if (invalid !== undefined) {
    throw corrupt(where, 'an element does not fit bool', `${invalid}`, '0 or 1');
  }
}

function readSize(where: string, size: bigint): number {
  const value = Number(size);
  if (value < 0 || !Number.isSafeInteger(value)) {
    throw corrupt(where, 'a dimension is not a size', `${size}`);
  }
  return value;
}

function corrupt(
  where: string,
  problem: string,
  got: string,
  expected?: string,
): SerializationError {
  const more = expected === undefined ? '' : `\nExpected ${expected}.`;
  return new SerializationError('ONNX_CORRUPT', `${where}: ${problem}, got ${got}.${more}`);
}

import type { Dataset, Fields } from './dataset.ts';
import { DatasetError } from './errors.ts';
import type { HostTensor, HostTensorOf } from './host-tensor.ts';
import { requireField } from './internal/fields.ts';
import { checkTensor } from './internal/tensors.ts';
import type { FieldReplaced } from './map.ts';
import { mapField } from './map.ts';

/** How to scale. */
export interface ScaleOptions {
  /** What every element is divided by; finite, not 0. Default: 255, which maps uint8 to [0, 1]. */
  readonly divisor?: number;
}

/**
 * Returns the elements of `tensor` divided by a number, as float32.
 *
 * Quotients are computed in float64 and rounded once, which for uint8 equals float32 division.
 *
 * @returns `float32` of the same shape
 * @throws {DatasetError} `INVALID_OPTION`, `INVALID_TENSOR`
 */
export function scale(tensor: HostTensor, options: ScaleOptions = {}): HostTensorOf<'float32'> {
  checkTensor('scale', tensor);
  const divisor = checkedDivisor('scale', options);
  const source = tensor.data;
  const data = new Float32Array(source.length);
  for (let position = 0; position < source.length; position += 1) {
    data[position] = (source[position] as number) / divisor;
  }
  return { dtype: 'float32', shape: tensor.shape, data };
}

/**
 * Returns `dataset` with field `name` passed through {@link scale}.
 *
 * @throws {DatasetError} `UNKNOWN_FIELD`, `INVALID_OPTION`
 */
export function scaleField<F extends Fields, Name extends keyof F & string>(
  dataset: Dataset<F>,
  name: Name,
  options: ScaleOptions = {},
): Dataset<FieldReplaced<F, Name, 'float32'>> {
  const { shape } = requireField('scaleField', dataset, name);
  const divisor = checkedDivisor('scaleField', options);
  return mapField(dataset, name, { dtype: 'float32', shape }, (tensor) =>
    scale(tensor, { divisor }),
  );
}

/**
 * Returns `dataset` with its field `image` turned from uint8 in [0, 255] to float32 in [0, 1], the form
 * models take.
 *
 * @throws {DatasetError} `UNKNOWN_FIELD`, or `UNSUPPORTED_DTYPE` when the images are not uint8
 * @example
 * ```ts
 * const { train, test } = mnistSample();
 * const images = imagesToFloat(train); // image: float32 [28, 28, 1], label: int32 []
 * ```
 */
export function imagesToFloat<F extends Fields & { readonly image: { readonly dtype: 'uint8' } }>(
  dataset: Dataset<F>,
): Dataset<FieldReplaced<F, 'image', 'float32'>> {
  const { dtype } = requireField('imagesToFloat', dataset, 'image');
  if (dtype !== 'uint8') {
    throw new DatasetError('UNSUPPORTED_DTYPE', [
      `imagesToFloat: the images are not bytes, got ${dtype}.`,
      'Expected uint8; float32 images need no conversion.',
      'Fix: use scaleField() with a divisor for images in another range.',
    ]);
  }
  return scaleField(dataset, 'image');
}

function checkedDivisor(where: string, { divisor = 255 }: ScaleOptions): number {
  if (!Number.isFinite(divisor) || divisor === 0) {
    throw new DatasetError('INVALID_OPTION', [
      `${where}: divisor cannot divide, got ${divisor}.`,
      'Expected a finite number other than 0.',
    ]);
  }
  return divisor;
}

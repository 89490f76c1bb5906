import type { Dataset, Fields } from './dataset.ts';
import { DatasetError } from './errors.ts';
import type { HostTensorOf } from './host-tensor.ts';
import { requireField } from './internal/fields.ts';
import { checkInteger } from './internal/options.ts';
import { checkTensor, formatType } from './internal/tensors.ts';
import type { FieldReplaced } from './map.ts';
import { mapField } from './map.ts';

/**
 * Returns a tensor that is 1 where the last axis equals the label and 0 elsewhere.
 *
 * @param labels - class numbers of any shape
 * @param depth - the number of classes: labels run from 0 to `depth - 1`
 * @returns `float32[...shape of labels, depth]`
 * @throws {DatasetError} `LABEL_OUT_OF_RANGE`, `UNSUPPORTED_DTYPE`, `INVALID_TENSOR`, `INVALID_OPTION`
 */
export function oneHot(
  labels: HostTensorOf<'int32' | 'uint8'>,
  depth: number,
): HostTensorOf<'float32'> {
  checkTensor('oneHot', labels);
  checkLabelType('oneHot', labels.dtype, labels.shape);
  checkInteger('oneHot', 'depth', depth, 1);
  const data = new Float32Array(labels.data.length * depth);
  for (let position = 0; position < labels.data.length; position += 1) {
    const label = labels.data[position] as number;
    if (label < 0 || label >= depth) {
      const index = multiIndex(position, labels.shape);
      throw new DatasetError(
        'LABEL_OUT_OF_RANGE',
        [
          `oneHot: the label at [${index.join(', ')}] is not a class, got ${label}.`,
          `Expected labels from 0 to ${depth - 1}: depth is ${depth}.`,
        ],
        { details: { index, label, depth } },
      );
    }
    data[position * depth + label] = 1;
  }
  return { dtype: 'float32', shape: [...labels.shape, depth], data };
}

/**
 * Returns `dataset` with the class numbers of field `name` replaced by their {@link oneHot} vectors.
 *
 * @throws {DatasetError} `UNKNOWN_FIELD`, `UNSUPPORTED_DTYPE`, `INVALID_OPTION`; from `gather`,
 * `LABEL_OUT_OF_RANGE`, whose index counts within the gathered batch
 */
export function oneHotField<F extends Fields, Name extends keyof F & string>(
  dataset: Dataset<F>,
  name: Name,
  depth: number,
): Dataset<FieldReplaced<F, Name, 'float32'>> {
  const { dtype, shape } = requireField('oneHotField', dataset, name);
  checkLabelType(`oneHotField › ${name}`, dtype, shape);
  checkInteger('oneHotField', 'depth', depth, 1);
  return mapField(dataset, name, { dtype: 'float32', shape: [...shape, depth] }, (labels) =>
    oneHot(labels as HostTensorOf<'int32' | 'uint8'>, depth),
  );
}

function checkLabelType(where: string, dtype: string, shape: readonly number[]): void {
  if (dtype !== 'int32' && dtype !== 'uint8') {
    throw new DatasetError('UNSUPPORTED_DTYPE', [
      `${where}: labels are class numbers, got ${formatType(dtype, shape)}.`,
      'Expected int32 or uint8.',
    ]);
  }
}

function multiIndex(position: number, shape: readonly number[]): readonly number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .reverse();
}

import type { Dataset, Fields } from './dataset.ts';
import { DatasetError } from './errors.ts';
import type { HostTensor, HostTensorOf } from './host-tensor.ts';
import { requireField } from './internal/fields.ts';
import { checkTensor, formatType } from './internal/tensors.ts';
import type { FieldReplaced } from './map.ts';
import { mapField } from './map.ts';

/** The statistics to normalise with. */
export interface NormalizeOptions {
  /** What is subtracted: one number, or one for each index of the last axis (the channels of an image). */
  readonly mean: number | readonly number[];
  /** What is divided by after that, greater than 0: one number, or one for each index of the last axis. */
  readonly standardDeviation: number | readonly number[];
}

/**
 * Returns `(tensor - mean) / standardDeviation` as float32.
 *
 * Computed in float64 from the elements as they are (uint8 is not scaled to [0, 1] first) and rounded
 * once.
 *
 * @returns `float32` of the same shape
 * @throws {DatasetError} `INVALID_OPTION`, `INVALID_TENSOR`
 */
export function normalize(tensor: HostTensor, options: NormalizeOptions): HostTensorOf<'float32'> {
  checkTensor('normalize', tensor);
  const { mean, standardDeviation, period } = statistics('normalize', options, tensor);
  const source = tensor.data;
  const data = new Float32Array(source.length);
  for (let position = 0, channel = 0; position < source.length; position += 1) {
    const centred = (source[position] as number) - (mean[channel] as number);
    data[position] = centred / (standardDeviation[channel] as number);
    channel = channel + 1 === period ? 0 : channel + 1;
  }
  return { dtype: 'float32', shape: tensor.shape, data };
}

/**
 * Returns `dataset` with field `name` passed through {@link normalize}.
 *
 * @throws {DatasetError} `UNKNOWN_FIELD`, `INVALID_OPTION`
 */
export function normalizeField<F extends Fields, Name extends keyof F & string>(
  dataset: Dataset<F>,
  name: Name,
  options: NormalizeOptions,
): Dataset<FieldReplaced<F, Name, 'float32'>> {
  const field = requireField('normalizeField', dataset, name);
  const { mean, standardDeviation } = options;
  statistics(`normalizeField › ${name}`, options, field);
  return mapField(dataset, name, { dtype: 'float32', shape: field.shape }, (tensor) =>
    normalize(tensor, { mean, standardDeviation }),
  );
}

interface Statistics {
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
  readonly period: number;
}

function statistics(
  where: string,
  options: NormalizeOptions,
  { dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] },
): Statistics {
  const { mean, standardDeviation } = options;
  const channels = shape.at(-1);
  for (const [option, values] of Object.entries({ mean, standardDeviation })) {
    if (typeof values !== 'number' && values.length !== channels) {
      throw new DatasetError('INVALID_OPTION', [
        `${where}: ${option} does not fit the last axis of ${formatType(dtype, shape)}, got ${values.length} values.`,
        channels === undefined
          ? 'Expected one number: a scalar has no axes.'
          : `Expected one number, or a list of ${channels}.`,
      ]);
    }
  }
  const period = Math.max(lengthOf(mean), lengthOf(standardDeviation));
  const means = repeat(mean, period);
  const deviations = repeat(standardDeviation, period);
  const wrongMean = means.find((value) => !Number.isFinite(value));
  if (wrongMean !== undefined) {
    throw new DatasetError('INVALID_OPTION', [
      `${where}: mean is not a finite number, got ${wrongMean}.`,
    ]);
  }
  const wrongDeviation = deviations.find((value) => !(value > 0 && value < Infinity));
  if (wrongDeviation !== undefined) {
    throw new DatasetError('INVALID_OPTION', [
      `${where}: standardDeviation cannot divide, got ${wrongDeviation}.`,
      'Expected a finite number greater than 0.',
      'Fix: use 1 for a feature that never varies.',
    ]);
  }
  return { mean: means, standardDeviation: deviations, period };
}

function lengthOf(values: number | readonly number[]): number {
  return typeof values === 'number' ? 1 : values.length;
}

function repeat(values: number | readonly number[], count: number): readonly number[] {
  return typeof values === 'number' ? Array.from({ length: count }, () => values) : values;
}

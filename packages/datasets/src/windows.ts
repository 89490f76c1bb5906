import type { Batch, Dataset, FieldType } from './dataset.ts';
import { DatasetError } from './errors.ts';
import type { HostTensorOf } from './host-tensor.ts';
import { sameShape } from './internal/fields.ts';
import { checkInteger } from './internal/options.ts';
import { checkIndices } from './internal/rows.ts';
import { checkTensor, elementCount, formatType } from './internal/tensors.ts';

/** How to cut ids into windows. */
export interface WindowsOptions {
  /** The number of ids in a window, 1 or more. */
  readonly length: number;
  /** From the first id of a window to that of the next, 1 or more. Default `length`: each id is predicted once. */
  readonly stride?: number;
}

/** The fields of windows of ids: `input` and `target`, both int32 `[length]`. */
export type WindowFields = {
  readonly input: FieldType<'int32'>;
  readonly target: FieldType<'int32'>;
};

/**
 * Returns the windows of a text's ids as examples, each with the ids that come one later as its target.
 *
 * Windows are cut when they are gathered; the ids are borrowed, not copied. What is left at the end and fills no window is left out.
 *
 * @param ids - such as `characterVocabulary(text).encode(text)`
 * @throws {DatasetError} `INVALID_OPTION`, also when there are not `length + 1` ids; `INVALID_TENSOR`
 * @example
 * ```ts
 * const windows = windowsOf(Int32Array.of(1, 2, 3, 4, 5), { length: 2 });
 * windows.gather(Uint32Array.of(1)); // input [[3, 4]], target [[4, 5]]
 * ```
 */
export function windowsOf(
  ids: Int32Array,
  { length, stride = length }: WindowsOptions,
): Dataset<WindowFields> {
  const where = 'windowsOf';
  checkTensor(where, { dtype: 'int32', shape: [ids.length], data: ids });
  const size = windowCount(where, ids.length, { length, stride, ahead: 1 });
  const rows = { data: ids, rowLength: 1, length, stride };
  return {
    size,
    deterministic: true,
    fields: {
      input: { dtype: 'int32', shape: [length] },
      target: { dtype: 'int32', shape: [length] },
    },
    gather(indices) {
      checkIndices('gather', indices, size);
      const shape = [indices.length, length];
      const cut = (offset: number): HostTensorOf<'int32'> => ({
        dtype: 'int32',
        shape,
        data: copyWindows(new Int32Array(elementCount(shape)), { ...rows, offset }, indices),
      });
      return { input: cut(0), target: cut(1) };
    },
  };
}

/** How to cut a series into windows. */
export interface SeriesWindowsOptions {
  /** The number of moments in an input, 1 or more. */
  readonly length: number;
  /** The number of moments in a target, which come right after the input; default 1. */
  readonly horizon?: number;
  /** From the first moment of a window to that of the next; default 1. */
  readonly stride?: number;
  /** What is to be predicted, float32 `[time, …]` of the same moments; default the series itself. */
  readonly target?: HostTensorOf<'float32'>;
}

/** The fields of windows of a series: `input` float32 `[length, …]` and `target` float32 `[horizon, …]`. */
export type SeriesWindowFields = {
  readonly input: FieldType<'float32'>;
  readonly target: FieldType<'float32'>;
};

/**
 * Returns the windows of a series as examples, each with what follows as its target. Windows are cut when they are gathered; the
 * series is borrowed, not copied.
 *
 * Split a series before cutting it, `[0, …)` to train and the rest to test: windows of one part then hold nothing of the other.
 *
 * @param series - float32 `[time, …]`: one number or one tensor for each moment
 * @throws {DatasetError} `INVALID_OPTION`, also when there are not `length + horizon` moments; `INVALID_TENSOR`; `SIZES_DIFFER`
 */
export function windowsOfSeries(
  series: HostTensorOf<'float32'>,
  { length, horizon = 1, stride = 1, target = series }: SeriesWindowsOptions,
): Dataset<SeriesWindowFields> {
  const where = 'windowsOfSeries';
  const [input, output] = [momentsOf(where, series), momentsOf(`${where} › target`, target)];
  if (!sameShape([input.time], [output.time])) {
    throw new DatasetError('SIZES_DIFFER', [
      `${where}: series and target differ in their number of moments, got ${input.time} and ${output.time}.`,
    ]);
  }
  checkInteger(where, 'horizon', horizon, 1);
  const size = windowCount(where, input.time, { length, stride, ahead: horizon });
  const cut = (
    { shape, rowLength, data }: Moments,
    moments: { readonly length: number; readonly offset: number },
    indices: Uint32Array,
  ): HostTensorOf<'float32'> => {
    const whole = [indices.length, moments.length, ...shape];
    const cuts = { data, rowLength, stride, ...moments };
    const copied = copyWindows(new Float32Array(elementCount(whole)), cuts, indices);
    return { dtype: 'float32', shape: whole, data: copied };
  };
  return {
    size,
    deterministic: true,
    fields: {
      input: { dtype: 'float32', shape: [length, ...input.shape] },
      target: { dtype: 'float32', shape: [horizon, ...output.shape] },
    },
    gather(indices): Batch<SeriesWindowFields> {
      checkIndices('gather', indices, size);
      return {
        input: cut(input, { length, offset: 0 }, indices),
        target: cut(output, { length: horizon, offset: length }, indices),
      };
    },
  };
}

interface Moments {
  readonly time: number;
  readonly shape: readonly number[];
  readonly rowLength: number;
  readonly data: Float32Array;
}

function momentsOf(where: string, series: HostTensorOf<'float32'>): Moments {
  checkTensor(where, series);
  const [time, ...shape] = series.shape;
  if (time === undefined || series.dtype !== 'float32') {
    throw new DatasetError('INVALID_TENSOR', [
      `${where}: a series is float32 with a first axis of moments, got ${formatType(series.dtype, series.shape)}.`,
      'Expected float32[time, …].',
    ]);
  }
  return { time, shape, rowLength: elementCount(shape), data: series.data };
}

interface Cuts {
  readonly length: number;
  readonly stride: number;
  /** How many more than `length` a window needs. */
  readonly ahead: number;
}

function windowCount(where: string, available: number, { length, stride, ahead }: Cuts): number {
  checkInteger(where, 'length', length, 1);
  checkInteger(where, 'stride', stride, 1);
  if (available < length + ahead) {
    throw new DatasetError('INVALID_OPTION', [
      `${where}: there is not one whole window, got ${available} values.`,
      `Expected at least ${length + ahead}: ${length} of the input and ${ahead} more.`,
    ]);
  }
  return Math.floor((available - length - ahead) / stride) + 1;
}

interface WindowRows<T> {
  readonly data: T;
  readonly rowLength: number;
  readonly length: number;
  readonly stride: number;
  /** Rows from the start of a window. */
  readonly offset: number;
}

function copyWindows<T extends Int32Array | Float32Array>(
  to: T,
  { data, rowLength, length, stride, offset }: WindowRows<T>,
  indices: Uint32Array,
): T {
  const width = length * rowLength;
  indices.forEach((index, position) => {
    const from = (index * stride + offset) * rowLength;
    to.set(data.subarray(from, from + width), position * width);
  });
  return to;
}

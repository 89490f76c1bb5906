import type { Batch, Dataset, Fields } from './dataset.ts';
import { DatasetError } from './errors.ts';
import type { HostTensor } from './host-tensor.ts';
import { formatField, requireField } from './internal/fields.ts';
import { keyedDraws } from './internal/keyed-draws.ts';
import { checkInteger } from './internal/options.ts';
import type { ImageSize, Placement, Sampling } from './internal/resample-image.ts';
import { resampleImage } from './internal/resample-image.ts';
import { allocateElements, hostTensor } from './internal/tensors.ts';

/** How far images may be changed. */
export interface AugmentOptions {
  /** An integer from 0 to 4294967295. */
  readonly seed: number;
  /** The largest shift either way, as a share of height and of width; default 0. Keras `RandomTranslation`. */
  readonly shift?: number;
  /** The largest turn either way, in degrees, at most 180; default 0. Keras `RandomRotation`. */
  readonly rotation?: number;
  /** The largest change of size either way, as a share, below 1: 0.1 is from 0.9 to 1.1 times; default 0. Keras `RandomZoom`. */
  readonly zoom?: number;
  /** Ways to flip, each in every other image; default `none`. Keras `RandomFlip`. */
  readonly flip?: 'none' | 'horizontal' | 'vertical' | 'both';
  /** How values between pixels are found; default `bilinear`. */
  readonly interpolation?: 'bilinear' | 'nearest';
  /** The value outside of an image; default 0. */
  readonly fill?: number;
  /** How often each image has been seen before: epochs done, when a run goes on in another process; default 0. */
  readonly firstVisit?: number;
}

/**
 * Returns `dataset` with its images changed at random each time they are gathered: flipped, turned and grown about the centre, moved.
 *
 * What becomes of an image follows from the seed, its index and how often it was gathered before, by nothing else. So each epoch is fresh,
 * the same seed gives the same bits on every machine, and neither batch size nor order matter. One such data set belongs to one run.
 *
 * @param name - a float32 or uint8 field of shape `[height, width, channels]` or `[height, width]`
 * @throws {DatasetError} `UNKNOWN_FIELD`, `INVALID_OPTION`; `UNSUPPORTED_DTYPE` or `INVALID_TENSOR` when the field holds no images
 * @example
 * ```ts
 * const fresh = augmentImages(train, 'image', { seed: 1, shift: 0.1, rotation: 10, zoom: 0.1 });
 * ```
 */
export function augmentImages<F extends Fields, Name extends keyof F & string>(
  dataset: Dataset<F>,
  name: Name,
  options: AugmentOptions,
): Dataset<F> {
  const where = `augmentImages › ${name}`;
  const field = requireField('augmentImages', dataset, name);
  const size = imageSize(where, field);
  const { seed, firstVisit = 0, interpolation = 'bilinear', fill = 0 } = options;
  const place = placements(where, options, size);
  checkInteger(where, 'seed', seed, 0, 2 ** 32 - 1);
  checkInteger(where, 'firstVisit', firstVisit, 0, 2 ** 32 - 1);
  const sampling: Sampling = { interpolation, fill };
  checkSampling(where, sampling, field.dtype);
  const visits = new Uint32Array(dataset.size).fill(firstVisit);
  const length = size.height * size.width * size.channels;
  return {
    size: dataset.size,
    deterministic: false,
    fields: dataset.fields,
    gather(indices) {
      const batch = dataset.gather(indices);
      const { dtype, shape, data } = batch[name] as HostTensor;
      const changed = allocateElements(dtype, data.length);
      indices.forEach((index, position) => {
        const visit = visits[index] ?? 0;
        visits[index] = visit + 1;
        const [from, to] = [position * length, (position + 1) * length];
        resampleImage(
          data.subarray(from, to) as Float32Array,
          changed.subarray(from, to) as Float32Array,
          size,
          place(keyedDraws(seed, index, visit)),
          sampling,
        );
      });
      return { ...batch, [name]: hostTensor(dtype, shape, changed) } as Batch<F>;
    },
  };
}

/** Returns what makes a placement of draws; always as many, so that one option does not change what another does. */
function placements(
  where: string,
  { shift = 0, rotation = 0, zoom = 0, flip = 'none' }: AugmentOptions,
  { height, width }: ImageSize,
): (draw: () => number) => Placement {
  checkRange(where, 'shift', shift, shift <= 1, 'at most 1');
  checkRange(where, 'rotation', rotation, rotation <= 180, 'at most 180');
  checkRange(where, 'zoom', zoom, zoom < 1, 'below 1');
  checkChoice(where, 'flip', flip, ['none', 'horizontal', 'vertical', 'both']);
  return (draw) => {
    const eitherWay = (limit: number): number => (draw() * 2 - 1) * limit;
    return {
      shiftY: eitherWay(shift * height),
      shiftX: eitherWay(shift * width),
      rotation: eitherWay((rotation / 180) * Math.PI),
      zoom: 1 + eitherWay(zoom),
      flipsVertically: draw() < 0.5 && (flip === 'vertical' || flip === 'both'),
      flipsHorizontally: draw() < 0.5 && (flip === 'horizontal' || flip === 'both'),
    };
  };
}

function imageSize(where: string, field: { dtype: HostTensor['dtype']; shape: readonly number[] }) {
  if (field.dtype !== 'float32' && field.dtype !== 'uint8') {
    throw new DatasetError('UNSUPPORTED_DTYPE', [
      `${where}: the field holds no images, got ${formatField(field)}.`,
      'Expected float32 or uint8.',
    ]);
  }
  const [height, width, channels = 1, ...more] = field.shape;
  if (height === undefined || width === undefined || more.length > 0) {
    throw new DatasetError('INVALID_TENSOR', [
      `${where}: the field holds no images, got ${formatField(field)}.`,
      'Expected a shape of [height, width, channels] or [height, width].',
    ]);
  }
  return { height, width, channels };
}

function checkSampling(
  where: string,
  { interpolation, fill }: Sampling,
  dtype: HostTensor['dtype'],
): void {
  checkChoice(where, 'interpolation', interpolation, ['bilinear', 'nearest']);
  const isByte = Number.isInteger(fill) && fill >= 0 && fill <= 255;
  if (dtype === 'uint8' ? isByte : Number.isFinite(fill)) return;
  throw new DatasetError('INVALID_OPTION', [
    `${where}: fill is no value of a ${dtype} image, got ${fill}.`,
  ]);
}

function checkRange(
  where: string,
  option: string,
  value: number,
  isInRange: boolean,
  range: string,
): void {
  if (value >= 0 && isInRange) return;
  throw new DatasetError('INVALID_OPTION', [
    `${where}: ${option} is out of range, got ${value}.`,
    `Expected a number of at least 0 and ${range}.`,
  ]);
}

function checkChoice(where: string, option: string, value: string, choices: readonly string[]) {
  if (choices.includes(value)) return;
  throw new DatasetError('INVALID_OPTION', [
    `${where}: there is no such ${option}, got ${JSON.stringify(value)}.`,
    `Expected one of ${JSON.stringify(choices)}.`,
  ]);
}

import { describe, expect, it } from 'vitest';
import goldens from '../test/goldens/augmentation.json' with { type: 'json' };
import { expectDatasetError } from '../test/support.ts';
import type { AugmentOptions } from './augment-images.ts';
import { augmentImages } from './augment-images.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import { keyedDraws } from './internal/keyed-draws.ts';
import { resampleImage } from './internal/resample-image.ts';
import { mnistSample } from './mnist-sample.ts';
import { imagesToFloat } from './scale.ts';

const bytes = mnistSample().test;
const images = imagesToFloat(bytes);
const everything: AugmentOptions = { seed: 5, shift: 0.1, rotation: 15, zoom: 0.2, flip: 'both' };
const pixels = (
  dataset: typeof images,
  indices: readonly number[],
): readonly (readonly number[])[] => {
  const { data } = dataset.gather(Uint32Array.from(indices)).image;
  return indices.map((_, at) => [...data.subarray(at * 784, (at + 1) * 784)]);
};

describe('resampleImage', () => {
  it.each(goldens.cases)('is that of SciPy: $shape $placement', (golden) => {
    const [height = 0, width = 0, channels = 0] = golden.shape;
    const { degrees, ...placement } = golden.placement;
    const source = Float32Array.from(golden.image);
    const target = new Float32Array(source.length);
    resampleImage(
      source,
      target,
      { height, width, channels },
      { ...placement, rotation: (degrees / 180) * Math.PI },
      { interpolation: 'bilinear', fill: golden.fill },
    );
    // The image itself is rounded to float32.
    for (const [at, value] of golden.result.entries()) expect(target[at]).toBeCloseTo(value, 6);
  });

  it('by the nearest pixel turns by right angles without loss', () => {
    const source = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const target = new Uint8Array(9);
    const placement = {
      rotation: Math.PI / 2,
      zoom: 1,
      shiftY: 0,
      shiftX: 0,
      flipsVertically: false,
      flipsHorizontally: false,
    };
    const size = { height: 3, width: 3, channels: 1 };
    resampleImage(source, target, size, placement, { interpolation: 'nearest', fill: 0 });
    expect([...target]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
  });
});

describe('augmentImages', () => {
  it('gives the same bits for the same seed, whatever batches and order', () => {
    const one = augmentImages(images, 'image', everything);
    const other = augmentImages(images, 'image', everything);
    const inOne = pixels(one, [0, 1, 2, 3]);
    expect(pixels(other, [3, 1])).toEqual([inOne[3], inOne[1]]);
    expect(pixels(other, [2, 0])).toEqual([inOne[2], inOne[0]]);
    expect(pixels(augmentImages(images, 'image', { ...everything, seed: 6 }), [0])).not.toEqual([
      inOne[0],
    ]);
  });

  it('is fresh at every visit, and may begin at a later one', () => {
    const dataset = augmentImages(images, 'image', everything);
    const visits = [0, 1, 2].map(() => pixels(dataset, [7])[0]);
    expect(visits[1]).not.toEqual(visits[0]);
    expect(visits[2]).not.toEqual(visits[1]);
    const later = augmentImages(images, 'image', { ...everything, firstVisit: 2 });
    expect(pixels(later, [7])[0]).toEqual(visits[2]);
    // Twice in one batch are two visits.
    expect(pixels(augmentImages(images, 'image', everything), [7, 7])).toEqual(visits.slice(0, 2));
  });

  it('tells training not to keep the images, and leaves the other fields as they are', () => {
    const dataset = augmentImages(images, 'image', everything);
    expect(dataset).toMatchObject({ size: 50, deterministic: false, fields: images.fields });
    expect(dataset.whole).toBeUndefined();
    const indices = Uint32Array.of(4, 9);
    expect(dataset.gather(indices).label).toEqual(images.gather(indices).label);
  });

  it('keeps every bit when nothing may change, of bytes too', () => {
    const all = Uint32Array.from({ length: bytes.size }, (_, index) => index);
    for (const interpolation of ['bilinear', 'nearest'] as const) {
      const options = { seed: 1, interpolation };
      expect(augmentImages(bytes, 'image', options).gather(all)).toEqual(bytes.gather(all));
      expect(augmentImages(images, 'image', options).gather(all)).toEqual(images.gather(all));
    }
  });

  it('flips about half of the images, each way by itself', () => {
    const marked = datasetFromTensors({
      image: {
        dtype: 'uint8',
        shape: [400, 2, 2],
        data: Uint8Array.from({ length: 1600 }, (_, at) => (at % 4 === 0 ? 1 : 0)),
      },
    });
    const all = Uint32Array.from({ length: 400 }, (_, index) => index);
    const cornerCounts = (flip: 'horizontal' | 'both'): readonly number[] => {
      const { data } = augmentImages(marked, 'image', { seed: 3, flip }).gather(all).image;
      return [0, 1, 2, 3].map(
        (corner) => data.filter((v, at) => v === 1 && at % 4 === corner).length,
      );
    };
    const [left = 0, right = 0, ...below] = cornerCounts('horizontal');
    expect(below).toEqual([0, 0]);
    expect(left + right).toBe(400);
    // Six standard deviations of a fair coin; the draws are fixed.
    expect(Math.abs(left - 200)).toBeLessThan(60);
    for (const count of cornerCounts('both')) expect(Math.abs(count - 100)).toBeLessThan(52);
  });

  it('draws evenly, and apart for seeds, examples and visits', () => {
    const draws = Array.from({ length: 8000 }, (_, at) =>
      keyedDraws(at % 20, Math.floor(at / 20) % 20, Math.floor(at / 400))(),
    );
    const bins = Array.from(
      { length: 10 },
      (_, bin) => draws.filter((draw) => Math.floor(draw * 10) === bin).length,
    );
    // Six standard deviations of a binomial.
    for (const count of bins) expect(Math.abs(count - 800)).toBeLessThan(161);
    expect(new Set(draws).size).toBeGreaterThan(7990);
  });

  it.each<[Partial<AugmentOptions>, RegExp]>([
    [{ seed: -1 }, /image: seed is out of range, got -1/],
    [
      { shift: 1.5 },
      /shift is out of range, got 1\.5\.\nExpected a number of at least 0 and at most 1/,
    ],
    [{ rotation: Number.NaN }, /rotation is out of range, got NaN/],
    [{ zoom: 1 }, /zoom is out of range, got 1\.\n.*below 1/],
    [{ flip: 'left' as 'both' }, /there is no such flip, got "left"/],
    [{ interpolation: 'cubic' as 'nearest' }, /there is no such interpolation, got "cubic"/],
    [{ fill: Number.NaN }, /fill is no value of a float32 image, got NaN/],
    [{ firstVisit: 0.5 }, /firstVisit is out of range/],
  ])('refuses %j', (options, message) => {
    expectDatasetError(
      () => augmentImages(images, 'image', { seed: 1, ...options }),
      'INVALID_OPTION',
      message,
    );
  });

  it('refuses what are no images', () => {
    expectDatasetError(
      () => augmentImages(images, 'label', { seed: 1 }),
      'UNSUPPORTED_DTYPE',
      /^augmentImages › label: the field holds no images, got int32\[\]/,
    );
    const rows = datasetFromTensors({
      x: { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) },
    });
    expectDatasetError(
      () => augmentImages(rows, 'x', { seed: 1 }),
      'INVALID_TENSOR',
      /got float32\[3\]\.\nExpected a shape of \[height, width, channels\]/,
    );
    expectDatasetError(
      () => augmentImages(bytes, 'image', { seed: 1, fill: 300 }),
      'INVALID_OPTION',
      /fill is no value of a uint8 image/,
    );
  });
});

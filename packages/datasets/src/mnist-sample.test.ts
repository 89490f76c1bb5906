import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import golden from '../test/goldens/mnist-sample.json' with { type: 'json' };
import { mnistSample } from './mnist-sample.ts';

function gatherAll(part: 'train' | 'test') {
  const dataset = mnistSample()[part];
  return dataset.gather(Uint32Array.from({ length: dataset.size }, (_, i) => i));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe.each(['train', 'test'] as const)('mnistSample › %s', (part) => {
  const expected = golden[part];

  it('has the form of MNIST', () => {
    const dataset = mnistSample()[part];
    expect(dataset.size).toBe(expected.count);
    expect(dataset.fields).toEqual({
      image: { dtype: 'uint8', shape: [28, 28, 1] },
      label: { dtype: 'int32', shape: [] },
    });
  });

  it('has the sums of pixels that NumPy reads from the original files', () => {
    const { image, label } = gatherAll(part);
    const sums = new Array<number>(10).fill(0);
    image.data.forEach((pixel, position) => {
      const digit = label.data[Math.floor(position / 784)] ?? -1;
      sums[digit] = (sums[digit] ?? 0) + pixel;
    });
    expect(sums).toEqual(expected.sumPerDigit);
  });

  it('equals the original images and labels byte for byte', () => {
    const { image, label } = gatherAll(part);
    expect(sha256(image.data)).toBe(expected.imagesSha256);
    expect(sha256(Uint8Array.from(label.data))).toBe(expected.labelsSha256);
  });

  it('holds each digit once in any ten consecutive examples', () => {
    const { label } = gatherAll(part);
    for (let start = 0; start + 10 <= label.data.length; start += 1) {
      expect(new Set(label.data.subarray(start, start + 10)).size).toBe(10);
    }
  });
});

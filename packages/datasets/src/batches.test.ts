import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectDatasetError, int32 } from '../test/support.ts';
import { batches } from './batches.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';

function range(size: number) {
  return datasetFromTensors({ x: int32(Array.from({ length: size }, (_, i) => i)) });
}

function lists(iterable: ReturnType<typeof batches<ReturnType<typeof range>['fields']>>) {
  return Array.from(iterable, ({ x }) => Array.from(x.data));
}

describe('batches', () => {
  it('ends with a partial batch', () => {
    expect(lists(batches(range(7), { batchSize: 3 }))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    const shapes = Array.from(batches(range(7), { batchSize: 3 }), ({ x }) => x.shape);
    expect(shapes).toEqual([[3], [3], [1]]);
  });

  it('leaves the partial batch out when asked to', () => {
    const options = { batchSize: 3, dropRemainder: true };
    expect(lists(batches(range(7), options))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(lists(batches(range(6), options))).toHaveLength(2);
    expect(lists(batches(range(2), options))).toEqual([]);
  });

  it('visits every example once, in order', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 50 }), (size, batchSize) => {
        const all = lists(batches(range(size), { batchSize }));
        expect(all.flat()).toEqual(Array.from({ length: size }, (_, i) => i));
        expect(all).toHaveLength(Math.ceil(size / batchSize));
      }),
    );
  });

  it('follows the order given, which may be partial or repeat examples', () => {
    const order = new Uint32Array([4, 1, 1, 0, 3]);
    expect(lists(batches(range(5), { batchSize: 2, order }))).toEqual([[4, 1], [1, 0], [3]]);
  });

  it.each([0, -1, 1.5, Number.NaN])('rejects the batch size %d when called', (batchSize) => {
    expectDatasetError(
      () => batches(range(5), { batchSize }),
      'INVALID_OPTION',
      /^batches: batchSize is out of range, got .*\nExpected an integer, 1 or larger\.$/,
    );
  });

  it('rejects an order with an index out of range when called', () => {
    expectDatasetError(
      () => batches(range(5), { batchSize: 2, order: new Uint32Array([0, 0, 0, 5]) }),
      'EXAMPLE_OUT_OF_RANGE',
      /^batches › order: indices\[3\] is not an example, got 5/,
    );
  });
});

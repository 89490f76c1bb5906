import {
  addDimensions,
  evaluateDimension,
  floorDivideDimension,
  formatDimension,
  multiplyDimensions,
  subtractDimensions,
} from '@etalon/compiler';
import type { Dimension } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder, type } from './support/program-builder.ts';
import { openOnnx } from './support/run-onnx.ts';

const half = floorDivideDimension(subtractDimensions('width', 5), 2);
const dimensions: readonly Dimension[] = [
  7,
  'batch',
  multiplyDimensions('batch', 'width'),
  multiplyDimensions(multiplyDimensions('width', 'width'), -3),
  subtractDimensions('batch', 'width'),
  addDimensions(multiplyDimensions(half, 'batch'), 1),
  half,
  floorDivideDimension(addDimensions('width', 'batch'), 3),
  floorDivideDimension(subtractDimensions(half, multiplyDimensions('width', 2)), 4),
  subtractDimensions(floorDivideDimension('batch', 4), floorDivideDimension('width', 3)),
];

describe('sizes that are computed in the graph', () => {
  it.each(dimensions.map((dimension) => ({ dimension, text: formatDimension(dimension) })))(
    '$text equals its value, below zero too',
    async ({ dimension }) => {
      const builder = new ProgramBuilder('size');
      builder.input('x', 'bool', ['batch', 'width']);
      const size = builder.node('dimensionSize', [], { dimension }, type('int32', []));
      builder.output('size', size);
      const session = await openOnnx(builder.finish());
      for (const [batch = 1, width = 1] of [
        [1, 1],
        [2, 5],
        [13, 8],
        [4, 3],
      ]) {
        const data = new Uint8Array(batch * width);
        const { size } = await session.run({ x: { dtype: 'bool', shape: [batch, width], data } });
        expect(size).toEqual({
          dtype: 'int32',
          shape: [],
          data: Int32Array.of(evaluateDimension(dimension, { batch, width })),
        });
      }
      await session.release();
    },
  );
});

describe('movement by named sizes', () => {
  it('slices, pads, stretches and reshapes by what the input brings', async () => {
    const builder = new ProgramBuilder('windows');
    const x = builder.input('x', 'int32', ['time', 2]);
    const middle = floorDivideDimension('time', 2);
    const rest = subtractDimensions('time', middle);
    const tail = builder.node(
      'slice',
      [x],
      { starts: [middle, 0], sizes: [rest, 2], strides: [1, 1] },
      type('int32', [rest, 2]),
    );
    const third = floorDivideDimension(addDimensions('time', 2), 3);
    const every = builder.node(
      'slice',
      [x],
      { starts: [0, 0], sizes: [third, 1], strides: [3, 1] },
      type('int32', [third, 1]),
    );
    const long = addDimensions('time', middle);
    const padded = builder.node(
      'pad',
      [x],
      { before: [middle, 0], after: [0, 0], value: -1 },
      type('int32', [long, 2]),
    );
    const wide = [third, 'time'];
    const stretched = builder.node('expand', [every], { shape: wide }, type('int32', wide));
    const flat = [multiplyDimensions(third, 'time')];
    const row = builder.node('reshape', [stretched], { shape: flat }, type('int32', flat));
    for (const [name, value] of Object.entries({ tail, every, padded, row })) {
      builder.output(name, value);
    }
    const session = await openOnnx(builder.finish());
    const run = async (time: number): Promise<Record<string, readonly number[]>> => {
      const data = Int32Array.from({ length: time * 2 }, (_, index) => index);
      const results = await session.run({ x: { dtype: 'int32', shape: [time, 2], data } });
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, Array.from(tensor.data)]),
      );
    };
    expect(await run(1)).toEqual({ tail: [0, 1], every: [0], padded: [0, 1], row: [0] });
    expect(await run(4)).toEqual({
      tail: [4, 5, 6, 7],
      every: [0, 6],
      padded: [-1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7],
      row: [0, 0, 0, 0, 6, 6, 6, 6],
    });
    await session.release();
  });
});

import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { floats, ints, ProgramBuilder, type } from './support/program-builder.ts';
import { openOnnx } from './support/run-onnx.ts';

async function runOften(
  program: ProgramV1,
  feeds: Readonly<Record<string, HostTensor>>,
  times: number,
): Promise<readonly ArrayLike<number>[]> {
  const session = await openOnnx(program, { threads: 2 });
  const results: ArrayLike<number>[] = [];
  for (let run = 0; run < times; run += 1) {
    const { y } = await session.run(feeds);
    results.push(y?.data ?? []);
  }
  await session.release();
  return results;
}

describe('sums at repeated places, on two threads', () => {
  it.each([{ width: 1 }, { width: 24 }, { width: 40 }])(
    'scatterAdd of rows of $width loses none of 20,000 updates',
    async ({ width }) => {
      const builder = new ProgramBuilder('counts');
      const index = builder.input('index', 'int32', ['batch']);
      const updates = builder.input('updates', 'float32', ['batch', width]);
      const counts = type('float32', [5, width]);
      builder.output('y', builder.node('scatterAdd', [index, updates], { size: 5 }, counts));
      const rows = Array.from({ length: 20_000 }, (_, row) => (row % 7 < 5 ? row % 7 : 0));
      const feeds = {
        index: ints([20_000], rows),
        updates: floats([20_000, width], new Array<number>(20_000 * width).fill(1)),
      };
      const expected = [0, 1, 2, 3, 4].flatMap((row) =>
        new Array<number>(width).fill(rows.filter((at) => at === row).length),
      );
      for (const result of await runOften(builder.finish(), feeds, 5)) {
        expect(Array.from(result)).toEqual(expected);
      }
    },
  );

  it('maxPool2dGradient gives a maximum that nine windows share all their gradients', async () => {
    const builder = new ProgramBuilder('peaks');
    const size = 62;
    const image = ['batch', size, size, 4];
    const windows = ['batch', size - 2, size - 2, 4];
    const x = builder.input('x', 'float32', image);
    const dy = builder.input('dy', 'float32', windows);
    const attributes = {
      windowSize: [3, 3],
      strides: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
    } as const;
    const gradient = builder.node('maxPool2dGradient', [x, dy], attributes, type('float32', image));
    builder.output('y', gradient);
    // One peak in the middle of each 3 x 3 tile; 62 = 3 · 20 + 2 leaves every peak nine windows.
    const isPeak = (index: number): boolean =>
      Math.floor(index / (size * 4)) % 3 === 2 && (Math.floor(index / 4) % size) % 3 === 2;
    const pixels = Array.from({ length: size * size * 4 }, (_, index) => Number(isPeak(index)));
    const count = (size - 2) ** 2 * 4;
    const feeds = {
      x: floats([1, size, size, 4], pixels),
      dy: floats([1, size - 2, size - 2, 4], new Array<number>(count).fill(1)),
    };
    const sums = pixels.map((pixel) => pixel * 9);
    for (const result of await runOften(builder.finish(), feeds, 5)) {
      const actual = Array.from(result);
      const wrong = sums.filter((sum, index) => sum === 9 && actual[index] !== 9);
      expect(wrong).toEqual([]);
      expect(actual.reduce((total, value) => total + value, 0)).toBe(count);
    }
  });
});

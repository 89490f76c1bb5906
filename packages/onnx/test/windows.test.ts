import type { Tensor } from '@etalon/compiler';
import {
  averagePool2d,
  conv2d,
  gradient,
  maxPool2d,
  mul,
  reduceSum,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNearReference, noise } from './support/near-reference.ts';
import { runOnnx } from './support/run-onnx.ts';

const pair = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<[number, number]> =>
  fc.tuple(arbitrary, arbitrary);
const count = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** A window that overlaps, leaves gaps or leaves elements over, on an image that it fits. */
const anyWindow = fc
  .record({ windowSize: pair(count(1, 4)), strides: pair(count(1, 4)), rest: pair(count(0, 5)) })
  .chain(({ windowSize, strides, rest }) => {
    const [[height, width], [down, right]] = [windowSize, rest];
    const pads = windowSize.map((size) => pair(count(0, size - 1)));
    const [rows = fc.constant([0, 0]), columns = fc.constant([0, 0])] = pads;
    return fc.record({
      windowSize: fc.constant(windowSize),
      strides: fc.constant(strides),
      padding: fc.tuple(rows, columns) as fc.Arbitrary<[[number, number], [number, number]]>,
      shape: fc.tuple(
        count(1, 2),
        fc.constant(height + down),
        fc.constant(width + right),
        count(1, 3),
      ),
    });
  });

/** Windows side by side, which have ways of their own, over images that they cover or leave a rest of. */
const tiles = fc
  .record({
    windowSize: fc.oneof(fc.constant<[number, number]>([2, 2]), pair(count(1, 4))),
    rest: pair(count(0, 3)),
    windows: pair(count(1, 3)),
    batch: count(1, 2),
    channels: count(1, 3),
  })
  .map(({ windowSize, rest, windows, batch, channels }) => {
    const [rows = 1, columns = 1] = windowSize.map(
      (size, axis) => size * (windows[axis] ?? 1) + Math.min(rest[axis] ?? 0, size - 1),
    );
    const padding: [[number, number], [number, number]] = [
      [0, 0],
      [0, 0],
    ];
    return { windowSize, strides: windowSize, padding, shape: [batch, rows, columns, channels] };
  });

const pooling = fc.oneof({ weight: 2, arbitrary: anyWindow }, { weight: 1, arbitrary: tiles });

const convolution = fc
  .record({
    kernel: pair(count(1, 3)),
    strides: pair(count(1, 3)),
    dilations: pair(count(1, 2)),
    padding: fc.tuple(pair(count(0, 2)), pair(count(0, 2))),
    rest: pair(count(0, 4)),
    batch: count(1, 2),
    groups: fc.constantFrom(1, 1, 2),
    // on both sides of the numbers of channels at which the filter gradient changes its way
    channels: fc.constantFrom(1, 3, 16, 64),
    filters: count(1, 3),
  })
  .filter(({ channels, groups }) => channels * groups <= 64);

// Whole numbers between -1 and 1: most windows have several maxima.
function tied(shape: readonly number[]): HostTensor {
  const { data } = noise(shape, 5);
  return { dtype: 'float32', shape, data: Float32Array.from(data, (value) => Math.round(value)) };
}

/** Names the batch, so that sizes are partly known. */
function named([, ...rest]: readonly number[]): readonly (number | string)[] {
  return ['batch', ...rest];
}

function outputShape(program: ReturnType<typeof traceProgram>, name: string): readonly number[] {
  const value = program.outputs.find((output) => output.name === name)?.value ?? -1;
  return (program.values[value]?.shape ?? []).map(Number);
}

describe('encodeOnnx of operators with windows, whatever the window', () => {
  it.each([
    { name: 'maxPool2d', pool: maxPool2d, image: tied },
    {
      name: 'averagePool2d',
      pool: averagePool2d,
      image: (shape: readonly number[]) => noise(shape, 4),
    },
  ])('gives the gradient of $name', async ({ pool, image }) => {
    await fc.assert(
      fc.asyncProperty(pooling, async ({ shape, ...options }) => {
        const x = tensor('float32', shape);
        const pooled = outputShape(
          traceProgram('pool', { x }, (symbols) => ({ y: pool(symbols.x, options) })),
          'y',
        );
        const types = {
          x: tensor('float32', named(shape)),
          weights: tensor('float32', named(pooled)),
        };
        const program = traceProgram('gradient', types, ({ x: symbol, weights }) => ({
          y: pool(symbol, options),
          gradient: gradient((value: Tensor) => reduceSum(mul(pool(value, options), weights)))(
            symbol,
          ),
        }));
        const feeds = { x: image(shape), weights: noise(pooled, 6) };
        expect(await expectNearReference(program, [feeds])).toBe(1);
      }),
      { numRuns: 200, seed: 20261127 },
    );
  });

  it.each([2, 3])(
    'keeps the gradient of a window of %d rows that has no largest number inside it',
    async (size) => {
      const shape = [1, 2 * size, 2 * size + 1, 1];
      const weights = tensor('float32', [1, 2, 2, 1]);
      const options = { windowSize: size };
      const program = traceProgram(
        'gradient',
        { x: tensor('float32', shape), weights },
        (inputs) => ({
          dx: gradient((x: Tensor) => reduceSum(mul(maxPool2d(x, options), inputs.weights)))(
            inputs.x,
          ),
        }),
      );
      const width = 2 * size + 1;
      const inWindow = (at: number, window: number): boolean => {
        const [row, column] = [Math.floor(at / width / size), Math.floor((at % width) / size)];
        return row === Math.floor(window / 2) && column === window % 2;
      };
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const x = noise(shape, 10);
        x.data.forEach((_, at) => {
          if (inWindow(at, 3)) x.data[at] = value;
        });
        const upstream = {
          dtype: 'float32',
          shape: [1, 2, 2, 1],
          data: Float32Array.of(1, 2, 4, 8),
        };
        const { dx } = await runOnnx(program, { x, weights: upstream as HostTensor });
        const sums = [0, 1, 2, 3].map((window) =>
          [...(dx?.data ?? [])].reduce<number>(
            (sum, slope, at) => (inWindow(at, window) ? sum + Number(slope) : sum),
            0,
          ),
        );
        expect(sums).toEqual([1, 2, 4, 8]);
      }
    },
  );

  it('gives both gradients of conv2d', async () => {
    await fc.assert(
      fc.asyncProperty(
        convolution,
        async ({ kernel, rest, batch, channels, filters, ...options }) => {
          const size = (axis: 0 | 1) =>
            (kernel[axis] - 1) * options.dilations[axis] + 1 + rest[axis];
          const shape = [batch, size(0), size(1), channels * options.groups];
          const filter = [...kernel, channels, filters * options.groups];
          const convolved = outputShape(
            traceProgram(
              'conv',
              { x: tensor('float32', shape), filter: tensor('float32', filter) },
              (symbols) => ({ y: conv2d(symbols.x, symbols.filter, options) }),
            ),
            'y',
          );
          const types = {
            variables: { x: tensor('float32', named(shape)), filter: tensor('float32', filter) },
            weights: tensor('float32', named(convolved)),
          };
          const program = traceProgram('gradients', types, ({ variables, weights }) =>
            gradient((values: typeof variables) =>
              reduceSum(mul(conv2d(values.x, values.filter, options), weights)),
            )(variables),
          );
          const feeds = {
            'variables/x': noise(shape, 7),
            'variables/filter': noise(filter, 8),
            weights: noise(convolved, 9),
          };
          expect(await expectNearReference(program, [feeds])).toBe(1);
        },
      ),
      { numRuns: 200, seed: 20261128 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { Tensor } from '../index.ts';
import {
  add,
  averagePool2d,
  cast,
  concat,
  constant,
  dimensionSize,
  div,
  expand,
  identity,
  max,
  maxPool2d,
  min,
  mul,
  nameScope,
  neg,
  pad,
  printProgram,
  randomNormal,
  reduceSum,
  relu,
  reshape,
  scan,
  simplify,
  slice,
  stopGradient,
  straightThrough,
  sub,
  tanh,
  tensor,
  traceProgram,
  transpose,
  valueAndGradient,
} from '../index.ts';

const inputs = {
  x: tensor('float32', ['n', 3]),
  y: tensor('float32', ['n', 3]),
  s: tensor('float32', []),
};
type Symbols = { readonly [K in keyof typeof inputs]: Tensor };

/** The nodes left, as they print, without numbers of values. */
function nodesOf(body: (symbols: Symbols) => Tensor | readonly Tensor[]): readonly string[] {
  const program = simplify(traceProgram('model', inputs, (symbols) => ({ out: body(symbols) })));
  return printProgram(program)
    .split('\n')
    .filter((line) => line.includes(')  #'))
    .map((line) => line.trim().replace(/^%\d+: /, ''));
}

describe(simplify, () => {
  it.each<[string, (symbols: Symbols) => Tensor]>([
    ['x - 0', ({ x }) => sub(x, 0)],
    ['x · 1', ({ x }) => mul(x, 1)],
    ['1 · x', ({ x }) => mul(1, x)],
    ['x / 1', ({ x }) => div(x, 1)],
    ['a cast to the same dtype', ({ x }) => cast(x, 'float32')],
    ['identity', ({ x }) => identity(x)],
    ['stopGradient', ({ x }) => stopGradient(x)],
    ['a reshape there and back', ({ x }) => reshape(reshape(x, [-1]), ['n', 3])],
    ['a transposition there and back', ({ x }) => transpose(transpose(x))],
    ['a transposition that moves nothing', ({ x }) => transpose(x, [0, 1])],
    ['a slice of everything', ({ x }) => slice(x, { starts: [0, 0] })],
    ['a concat of one', ({ x }) => concat([x])],
    ['the value of a straight-through estimator', ({ x }) => straightThrough(identity)(x)],
  ])('drops %s', (_, body) => {
    expect(nodesOf(body)).toEqual([]);
  });

  it('masks and sums the gradient of a pool on the pooled image', () => {
    const types = {
      x: tensor('float32', ['n', 4, 4, 3]),
      b: tensor('float32', [3]),
      g: tensor('float32', ['n', 2, 2, 3]),
    };
    const program = traceProgram('model', types, ({ x, b, g }) => {
      const pool = (image: Tensor) => maxPool2d(image, { windowSize: 2 });
      const loss = (bias: Tensor) => reduceSum(mul(pool(relu(add(x, bias))), g));
      return { bias: valueAndGradient(loss)(b).gradients };
    });
    const operators = simplify(program).nodes.map(({ operator }) => operator);
    // No gradient has the size of the image.
    expect(operators).toEqual(['add', 'relu', 'maxPool2d', 'greater', 'where', 'reduceSum']);
  });

  it.each<[string, (symbols: Symbols) => Tensor, number]>([
    ['x + 0, which turns -0 into 0', ({ x }) => add(x, 0), 1],
    ['x - -0, which turns -0 into 0', ({ x }) => sub(x, -0), 1],
    ['0 - x', ({ x }) => sub(0, x), 1],
    ['1 / x', ({ x }) => div(1, x), 1],
    ['a factor that stretches', ({ x, s }) => mul(s, expand(x, ['n', 3])), 1],
    ['a sum over no axes, which adds 0', ({ x }) => reduceSum(x, { axes: [] }), 1],
    ['a slice with strides', ({ x }) => slice(x, { starts: [0, 0], strides: [1, 2] }), 1],
    ['a reshape of something else', ({ x }) => reshape(tanh(x), [-1]), 2],
  ])('keeps %s', (_, body, count) => {
    expect(nodesOf(body)).toHaveLength(count);
  });

  it('drops a factor of 1 that was stretched, but not where it stretches the other', () => {
    expect(nodesOf(({ x }) => mul(expand(constant(1), ['n', 3]), x))).toEqual([]);
    expect(nodesOf(({ x }) => mul(x, reshape(constant(1), [1, 1])))).toEqual([]);
    expect(nodesOf(({ s }) => mul(expand(constant(1), [2]), s))).toEqual([
      'float32[2] = expand(%3, shape=[2])  # expand',
      'float32[2] = mul(%4, %2)  # mul',
    ]);
  });

  it('joins reshapes and transpositions that follow each other', () => {
    expect(nodesOf(({ x }) => reshape(reshape(reshape(x, [-1]), [3, 'n']), [1, 'n', 3]))).toEqual([
      'float32[1, n, 3] = reshape(%0, shape=[1, n, 3])  # reshape',
    ]);
    expect(
      nodesOf(({ x }) => transpose(transpose(reshape(x, ['n', 3, 1]), [1, 2, 0]), [1, 0, 2])),
    ).toEqual([
      'float32[n, 3, 1] = reshape(%0, shape=[n, 3, 1])  # reshape',
      'float32[1, 3, n] = transpose(%3, permutation=[2, 1, 0])  # transpose',
    ]);
  });

  it.each([
    ['add', add],
    ['sub', sub],
    ['mul', mul],
    ['div', div],
    ['max', max],
    ['min', min],
  ] as const)('lets %s stretch its operands itself', (operator, apply) => {
    expect(nodesOf(({ x, s }) => apply(expand(s, ['n', 3]), x))).toEqual([
      `float32[n, 3] = ${operator}(%2, %0)  # ${operator}`,
    ]);
    expect(nodesOf(({ x, s }) => apply(x, expand(s, ['n', 3])))).toEqual([
      `float32[n, 3] = ${operator}(%0, %2)  # ${operator}`,
    ]);
  });

  it('joins what the gradient of slices pads and adds', () => {
    const part = ({ x }: Symbols, at: number): Tensor =>
      tanh(slice(x, { starts: [0, at], sizes: ['n', 1] }));
    const around = (x: Tensor, before: number, after: number): Tensor =>
      pad(x, { before: [0, before], after: [0, after] });
    const [a, b, c] = [0, 1, 2];
    const lines = nodesOf((symbols) =>
      add(
        add(around(part(symbols, c), 2, 0), around(part(symbols, b), 1, 1)),
        around(part(symbols, a), 0, 2),
      ),
    );
    expect(lines.filter((line) => /pad|add/.test(line))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^float32\[n, 3\] = concat\(%\d+, %\d+, %\d+, axis=1\)/);
    const gap = nodesOf((symbols) =>
      add(around(part(symbols, a), 0, 2), around(part(symbols, c), 2, 0)),
    );
    expect(gap.filter((line) => line.includes('= pad('))).toHaveLength(2);
    const ones = nodesOf(({ x }) =>
      add(pad(x, { before: [0, 3], after: [0, 0], value: 1 }), around(x, 0, 3)),
    );
    expect(ones.at(-1)).toContain('= add(');
    const within = nodesOf(({ x }) => add(around(x, 1, 3), around(tanh(x), 4, 0)));
    expect(within.at(-1)).toMatch(/= pad\(%\d+, before=\[0, 1\], after=\[0, 0\]/);
  });

  it('keeps one expand where the result needs it', () => {
    expect(nodesOf(({ s }) => add(expand(s, [2, 3]), expand(tanh(s), [2, 3])))).toHaveLength(3);
  });

  it('computes equal expressions once, under the path of the first', () => {
    expect(
      nodesOf(({ x, y }) => [
        nameScope('first', () => neg(add(x, y))),
        nameScope('second', () => neg(add(x, y))),
        add(y, x),
      ]),
    ).toEqual([
      'float32[n, 3] = add(%0, %1)  # first › add',
      'float32[n, 3] = neg(%3)  # first › neg',
      'float32[n, 3] = add(%1, %0)  # add',
    ]);
  });

  it('does not join applications with other attributes', () => {
    const pooled = (windowSize: number) => (image: Tensor) =>
      averagePool2d(image, { windowSize, strides: 1 });
    const program = traceProgram(
      'model',
      { image: tensor('float32', [1, 4, 4, 1]) },
      ({ image }) => ({ a: pooled(2)(image), b: pooled(3)(image), c: pooled(2)(image) }),
    );
    expect(simplify(program).nodes).toHaveLength(2);
  });

  it('keeps draws of two streams apart', () => {
    expect(nodesOf(() => [randomNormal([2]), randomNormal([2])])).toHaveLength(2);
  });

  it('turns the size of a fixed dimension into a constant', () => {
    const program = simplify(
      traceProgram('model', inputs, () => ({ a: dimensionSize(3), b: dimensionSize('n') })),
    );
    expect(program.constants.map(({ tensor: { dtype, data } }) => [dtype, data[0]])).toEqual([
      ['int32', 3],
    ]);
    expect(program.nodes.map(({ operator }) => operator)).toEqual(['dimensionSize']);
  });

  it('puts what replaces a node at its place', () => {
    expect(
      nodesOf(({ x }) =>
        nameScope('layer', () =>
          reshape(
            nameScope('inner', () => reshape(tanh(x), [-1])),
            [3, 'n'],
          ),
        ),
      ),
    ).toEqual([
      'float32[n, 3] = tanh(%0)  # layer › inner › tanh',
      'float32[3, n] = reshape(%3, shape=[3, n])  # layer › reshape',
    ]);
  });
});

describe('loops', () => {
  const total = (start: Tensor, x: Tensor, factor: number, name = 'a') =>
    nameScope(name, () =>
      scan((a: Tensor, row: Tensor) => ({ carried: add(mul(a, factor), row), stacked: a }), {
        carried: start,
        stacked: x,
      }),
    );
  const loops = (body: (symbols: Symbols) => Readonly<Record<string, unknown>>) =>
    simplify(traceProgram('model', inputs, (symbols) => body(symbols))).nodes.filter(
      ({ operator }) => operator === 'scan',
    );
  const start = () => constant([0, 0, 0]);

  it('that are equal run once, whatever their place', () => {
    expect(
      loops(({ x }) => {
        const first = start();
        return { a: total(first, x, 0.5), b: total(first, x, 0.5, 'b') };
      }),
    ).toHaveLength(1);
  });

  it('with other bodies, operands or draws are kept apart', () => {
    expect(
      loops(({ x }) => {
        const first = start();
        return { a: total(first, x, 0.5), b: total(first, x, 0.25) };
      }),
    ).toHaveLength(2);
    expect(
      loops(({ x, y }) => {
        const first = start();
        return { a: total(first, x, 0.5), b: total(first, y, 0.5) };
      }),
    ).toHaveLength(2);
    const noisy = (x: Tensor) =>
      scan(
        (a: Tensor, row: Tensor) => ({ carried: add(a, mul(row, randomNormal([3]))), stacked: {} }),
        {
          carried: reduceSum(x, { axes: 0 }),
          stacked: x,
        },
      );
    expect(loops(({ x }) => ({ a: noisy(x), b: noisy(x) }))).toHaveLength(2);
  });
});

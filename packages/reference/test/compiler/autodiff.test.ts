import type { Tensor } from '@etalon/compiler';
import {
  abs,
  add,
  cast,
  clamp,
  constant,
  div,
  exp,
  gradient,
  gradientsOf,
  log,
  logSoftmax,
  matmul,
  max,
  mul,
  nameScope,
  pow,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  sin,
  slice,
  softmax,
  sqrt,
  square,
  step,
  stopGradient,
  straightThrough,
  sub,
  tensor,
  traceProgram,
  transpose,
  valueAndGradient,
  valueAndGradientWithAuxiliary,
  where,
} from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caught } from '../../../compiler/test/caught.ts';
import { randomPrograms } from '../../../compiler/test/random-program.ts';
import { evaluateProgram } from '../../src/index.ts';
import { hostTensor } from '../tensors.ts';
import { checkGradients } from './gradient-checks.ts';

type Function1 = (x: Tensor) => Tensor;

/** The gradient of the sum of a function's values, at a vector. */
function slopes(f: Function1, x: readonly number[], order = 1): readonly number[] {
  let derived: Function1 = (at) => reduceSum(f(at));
  for (let n = 0; n < order; n++) {
    const inner = derived;
    derived = n + 1 < order ? (at) => reduceSum(gradient(inner)(at)) : gradient(inner);
  }
  const program = traceProgram('slopes', { x: tensor('float32', ['n']) }, (symbols) => ({
    slope: derived(symbols.x),
  }));
  return [...(evaluateProgram(program, { x: hostTensor(x) }).slope?.data ?? [])];
}

/** Outputs of a program of one vector `x` and one matrix `w`. */
function evaluate(
  body: (symbols: { readonly x: Tensor; readonly w: Tensor }) => Readonly<Record<string, unknown>>,
  x: readonly number[] = [1, 2, 3],
  w: readonly number[] = [1, -1, 2, 0.5, 3, -2],
): Record<string, readonly number[]> {
  const inputs = { x: tensor('float32', ['n']), w: tensor('float32', ['n', 2]) };
  const feeds: Record<string, HostTensor> = {
    x: hostTensor(x),
    w: hostTensor(w, [x.length, 2]),
  };
  const outputs = evaluateProgram(traceProgram('model', inputs, body), feeds);
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
}

const close = (values: readonly number[]): unknown =>
  values.map((value) => expect.closeTo(value, 6));

describe('closed forms', () => {
  const x = [-1.5, -0.25, 0.5, 2];

  it('of a cube, up to the third order', () => {
    const cube: Function1 = (at) => mul(at, square(at));
    expect(slopes(cube, x)).toEqual(close(x.map((at) => 3 * at ** 2)));
    expect(slopes(cube, x, 2)).toEqual(close(x.map((at) => 6 * at)));
    expect(slopes(cube, x, 3)).toEqual([6, 6, 6, 6]);
    expect(slopes(cube, x, 4)).toEqual([0, 0, 0, 0]);
  });

  it('of sin and exp, up to the fourth order', () => {
    const wave: Function1 = (at) => add(sin(at), exp(at));
    expect(slopes(wave, x, 4)).toEqual(close(x.map((at) => Math.sin(at) + Math.exp(at))));
  });

  it('of log Σ exp, which is softmax', () => {
    const { slope, soft } = evaluate(({ x: at }) => ({
      slope: gradient((v: Tensor) => log(reduceSum(exp(v))))(at),
      soft: softmax(at),
    }));
    expect(slope).toEqual(close(soft ?? []));
  });

  it('of cross entropy, which is the probability less the label', () => {
    const { slope, difference } = evaluate(({ w }) => {
      const label = constant([1, 0]);
      const loss = (v: Tensor) => sub(0, reduceSum(mul(label, logSoftmax(v))));
      return { slope: gradient(loss)(w), difference: sub(softmax(w), label) };
    });
    expect(slope).toEqual(close(difference ?? []));
  });

  it('of least squares, which is 2/n · Xᵀ(Xw - y)', () => {
    const { slope, formula } = evaluate(({ x: at, w: matrix }) => {
      const targets = square(at);
      const residual = (v: Tensor) => sub(reduceSum(mul(matrix, v), { axes: 1 }), targets);
      const weights = slice(at, { starts: [0], sizes: [2] });
      return {
        slope: gradient((v: Tensor) => reduceMean(square(residual(v))))(weights),
        formula: div(reduceSum(mul(transpose(matrix), residual(weights)), { axes: 1 }), 1.5),
      };
    });
    expect(slope).toEqual(close(formula ?? []));
  });

  it('of a power, also where the base or the exponent is 0', () => {
    const power =
      (exponent: number): Function1 =>
      (at) =>
        pow(at, exponent);
    expect(slopes(power(2), [-2, 0, 3])).toEqual([-4, 0, 6]);
    expect(slopes(power(2), [-2, 0, 3], 2)).toEqual([2, 2, 2]);
    expect(slopes(power(3), [-2, 0, 3])).toEqual([12, 0, 27]);
    expect(slopes(power(1), [-2, 0, 3])).toEqual([1, 1, 1]);
    expect(slopes(power(0), [-2, 0, 3])).toEqual([0, 0, 0]);
    expect(slopes((at) => pow(0, at), [1, 2])).toEqual([0, 0]);
    expect(slopes((at) => pow(2, at), [0, 1])).toEqual(close([Math.log(2), 2 * Math.log(2)]));
  });
});

describe('kinks', () => {
  it('share the gradient of a maximum among those that attain it', () => {
    expect(slopes((x) => max(x, 0), [-1, 0, 2])).toEqual([0, 0.5, 1]);
    expect(slopes((x) => max(x, x), [-1, 0, 2])).toEqual([1, 1, 1]);
    expect(slopes((x) => reduceMax(x), [3, 1, 3])).toEqual([0.5, 0, 0.5]);
  });

  it('take the middle or the left where fields agree on it', () => {
    expect(slopes(relu, [-1, 0, 2])).toEqual([0, 0, 1]);
    expect(slopes(abs, [-1, 0, 2])).toEqual([-1, 0, 1]);
    expect(slopes((x) => clamp(x, -1, 1), [-2, 0, 2])).toEqual([0, 1, 0]);
  });

  it('do not let the branch that was not taken leak', () => {
    const safe: Function1 = (x) => {
      const positive = sub(x, 0);
      const inside = where(isPositive(positive), positive, 1);
      return where(isPositive(positive), sqrt(inside), 0);
    };
    expect(slopes(safe, [-1, 0, 4])).toEqual([0, 0, 0.25]);
  });
});

function isPositive(x: Tensor): Tensor {
  return cast(relu(x), 'bool');
}

describe('graphs', () => {
  it('add up the uses of a shared expression', () => {
    expect(slopes((x) => add(x, x), [1, 2])).toEqual([2, 2]);
    const shared: Function1 = (x) => {
      const y = square(x);
      return add(y, mul(y, y));
    };
    expect(slopes(shared, [1, 2])).toEqual([2 + 4, 4 + 32]);
  });

  it('add up a matrix that meets itself', () => {
    const { slope, formula } = evaluate(({ w }) => ({
      slope: gradient((v: Tensor) => reduceSum(matmul(v, transpose(v))))(w),
      // d Σ (W·Wᵀ) = 2·(column sums of W) in every row
      formula: mul(2, add(mul(w, 0), reduceSum(w, { axes: 0, keepDims: true }))),
    }));
    expect(slope).toEqual(close(formula ?? []));
  });

  it('sum over the axes that an operand was stretched along', () => {
    const outputs = evaluate(({ x, w }) => {
      const parameters = { scalar: constant(2), row: constant([1, 2]), one: constant([[3]]) };
      const loss = (p: typeof parameters) => reduceSum(mul(mul(mul(w, p.scalar), p.row), p.one));
      return { x, ...gradient(loss)(parameters) };
    });
    // w is [[1, -1], [2, 0.5], [3, -2]]
    expect(outputs.scalar).toEqual(close([3 * (6 - 5)]));
    expect(outputs.row).toEqual(close([6 * 6, 6 * -2.5]));
    expect(outputs.one).toEqual(close([2 * (6 - 5)]));
  });

  it.each([4, 5])('put the elements of a slice with strides back, of %i', (count) => {
    const x = Array.from({ length: count }, (_, at) => at + 1);
    const taken: Function1 = (at) => square(slice(at, { starts: [1], strides: [2] }));
    expect(slopes(taken, x)).toEqual(x.map((at, index) => (index % 2 === 1 ? 2 * at : 0)));
    const first: Function1 = (at) => square(slice(at, { starts: [0], sizes: [2], strides: [2] }));
    expect(slopes(first, x)).toEqual(
      x.map((at, index) => (index === 0 || index === 2 ? 2 * at : 0)),
    );
  });

  it('pass the gradient of a cast to the same dtype, and cut it at any other', () => {
    expect(slopes((x) => cast(x, 'float32'), [1, 2])).toEqual([1, 1]);
    expect(slopes((x) => mul(x, cast(cast(x, 'int32'), 'float32')), [1.5, 2.5])).toEqual([1, 2]);
  });

  it('agree with central differences on random programs', () => {
    fc.assert(
      fc.property(
        randomPrograms({ operators: 'smooth', steps: 5 }),
        ({ declared, body, inputs }) => {
          const last = (symbols: Readonly<Record<string, Tensor>>): Tensor =>
            body(symbols).at(-1) ?? constant(0);
          checkGradients(declared, last, inputs, (count) => new Float32Array(count).fill(0.5));
        },
      ),
      { numRuns: 100, seed: 51 },
    );
  });
});

describe('stopGradient and straightThrough', () => {
  it('hold a value fixed', () => {
    expect(slopes((x) => mul(x, stopGradient(x)), [2, 3])).toEqual([2, 3]);
    expect(slopes((x) => stopGradient(mul(x, x)), [2, 3])).toEqual([0, 0]);
    expect(slopes((x) => mul(x, stopGradient(x)), [2, 3], 2)).toEqual([0, 0]);
  });

  it('let the gradient of a step through as if it were the identity', () => {
    expect(slopes((x) => mul(step(x), x), [-2, 3])).toEqual([-1, 1]);
    expect(slopes((x) => square(straightThrough(step)(x)), [-2, 3])).toEqual([-2, 2]);
    const { value } = evaluate(({ x }) => ({ value: straightThrough(step)(sub(x, 2)) }));
    expect(value).toEqual([-1, 1, 1]);
  });

  it('let it through the identity alone, not through the function', () => {
    const cubed = straightThrough((x) => mul(x, mul(x, x)));
    expect(slopes(cubed, [2, 3])).toEqual([1, 1]);
    expect(slopes(cubed, [2, 3], 2)).toEqual([0, 0]);
  });
});

describe(valueAndGradient, () => {
  it('returns the value, and gradients in the shape of the tree', () => {
    const outputs = evaluate(({ x, w }) => {
      const parameters = { deep: [x, { w }] as const, unused: x };
      return valueAndGradient((p: typeof parameters) =>
        add(reduceSum(square(p.deep[0])), reduceSum(p.deep[1].w)),
      )(parameters);
    });
    expect(outputs).toEqual({
      value: [14 + 3.5],
      'gradients/deep/0': [2, 4, 6],
      'gradients/deep/1/w': [1, 1, 1, 1, 1, 1],
      'gradients/unused': [0, 0, 0],
    });
  });

  it('counts only the uses of its argument', () => {
    const { inner, both, outer } = evaluate(({ x }) => ({
      inner: gradient((v: Tensor) => reduceSum(mul(v, x)))(x),
      both: gradient((v: Tensor) => reduceSum(mul(v, v)))(x),
      outer: gradient((_: Tensor) => reduceSum(mul(x, x)))(x),
    }));
    expect(inner).toEqual([1, 2, 3]);
    expect(both).toEqual([2, 4, 6]);
    expect(outer).toEqual([0, 0, 0]);
  });

  it('passes further arguments on without differentiating them', () => {
    const { slope } = evaluate(({ x }) => ({
      slope: gradient((v: Tensor, other: Tensor, factor: number) =>
        reduceSum(mul(mul(v, other), factor)),
      )(x, x, 10),
    }));
    expect(slope).toEqual([10, 20, 30]);
  });

  it('tells leaves apart that are one tensor', () => {
    const outputs = evaluate(({ x }) =>
      gradient((p: { a: Tensor; b: Tensor }) => reduceSum(mul(p.a, mul(p.b, p.b))))({ a: x, b: x }),
    );
    expect(outputs).toEqual({ a: [1, 4, 9], b: [2, 8, 18] });
  });

  it('gives zeros where the loss does not depend on the argument', () => {
    const { slope } = evaluate(({ x, w }) => ({
      x,
      slope: gradient((_: Tensor) => constant(3))(w),
    }));
    expect(slope).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('nests: a penalty on the gradient is differentiated too', () => {
    // L = Σ x³, P = L + Σ (∂L/∂x)² = Σ x³ + Σ 9x⁴, ∂P/∂x = 3x² + 36x³
    const { slope } = evaluate(({ x }) => {
      const loss = (v: Tensor) => reduceSum(mul(v, square(v)));
      const penalized = (v: Tensor) => {
        const { value, gradients } = valueAndGradient(loss)(v);
        return add(value, reduceSum(square(gradients)));
      };
      return { slope: gradient(penalized)(x) };
    });
    expect(slope).toEqual([3 + 36, 12 + 288, 27 + 972]);
  });

  it('returns an auxiliary result beside it', () => {
    const outputs = evaluate(({ x }) =>
      valueAndGradientWithAuxiliary((v: Tensor, factor: number) => {
        const scaled = mul(v, factor);
        return { value: reduceSum(scaled), auxiliary: { scaled, first: v } };
      })(x, 2),
    );
    expect(outputs).toEqual({
      value: [12],
      gradients: [2, 2, 2],
      'auxiliary/scaled': [2, 4, 6],
      'auxiliary/first': [1, 2, 3],
    });
  });

  it('puts the gradient of a layer under its path', () => {
    const program = traceProgram('model', { x: tensor('float32', [2]) }, ({ x }) => ({
      slope: gradient((v: Tensor) => nameScope('layer', () => reduceSum(square(v))))(x),
    }));
    expect(program.nodes.map(({ path }) => path)).toContain('layer › mul › gradient › mul');
  });
});

describe(gradientsOf, () => {
  it('gives tensors of any place, and nothing where no path leads to the loss', () => {
    const outputs = evaluate(({ x, w }) => {
      const y = square(x);
      const loss = reduceSum(mul(y, y));
      const [toY, toX, toW, toLoss] = gradientsOf(loss, [y, x, w, loss]);
      expect(toW).toBeUndefined();
      return { toY, toX, toLoss };
    });
    expect(outputs).toEqual({ toY: [2, 8, 18], toX: [4, 32, 108], toLoss: [1] });
  });
});

describe('refusals', () => {
  const inputs = {
    x: tensor('float32', ['n']),
    k: tensor('int32', ['n']),
    s: tensor('float32', []),
  };
  type Symbols = { readonly [K in keyof typeof inputs]: Tensor };

  it.each<[string, (symbols: Symbols) => unknown, string, string, string]>([
    [
      'a loss that is not a scalar',
      ({ x }) => gradient((v: Tensor) => square(v))(x),
      'GradientError',
      'GRADIENT_NOT_SCALAR',
      'step › gradient: the loss must be a float32 scalar, got float32[n].\nFix: reduce it with reduceMean() or reduceSum().',
    ],
    [
      'a loss that is not float32',
      ({ x, k }) => gradient((_: Tensor) => reduceSum(k))(x),
      'GradientError',
      'GRADIENT_NOT_SCALAR',
      'step › gradient: the loss must be a float32 scalar, got int32[].\nFix: reduce it with reduceMean() or reduceSum().',
    ],
    [
      'a leaf that is not float32',
      ({ x, k }) => gradient((p: { x: Tensor; k: Tensor }) => reduceSum(p.x))({ x, k }),
      'GradientError',
      'GRADIENT_TARGET_DTYPE',
      'step › gradient: only float32 tensors have gradients, got int32[n].',
    ],
    [
      'a leaf that is not a tensor',
      ({ x }) => gradient((p: { x: Tensor; rate: number }) => reduceSum(p.x))({ x, rate: 0.1 }),
      'ProgramError',
      'TREE_LEAF',
      'tree: leaf "rate" is not of the expected kind, got 0.1.\nExpected nested plain objects and arrays of tensors.',
    ],
    [
      'a loss and a target of different programs',
      ({ s }) => traceProgram('inner', inputs, ({ x }) => ({ x: gradientsOf(s, [x])[0] ?? x })),
      'ProgramError',
      'TRACE_MIXED',
      'step › gradient: operands come from different programs, got float32[n] of another one.\nFix: use a tensor only inside the function that was traced; pass values between programs as inputs.',
    ],
    [
      'a loss of another program',
      ({ s }) => traceProgram('inner', inputs, ({ x }) => ({ x: gradient((_: Tensor) => s)(x) })),
      'ProgramError',
      'TRACE_MIXED',
      'step › gradient: operands come from different programs, got float32[n] of another one.\nFix: use a tensor only inside the function that was traced; pass values between programs as inputs.',
    ],
  ])('name %s', (_, body, name, code, message) => {
    const error = caught(() =>
      traceProgram('model', inputs, (symbols) => {
        nameScope('step', () => body(symbols));
        return {};
      }),
    );
    expect(error).toMatchObject({ name, code, message });
  });
});

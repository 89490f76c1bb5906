import type { Tensor } from '@etalon/compiler';
import {
  add,
  constant,
  gradient,
  gradientsOf,
  mul,
  nameScope,
  reduceSum,
  square,
  tensor,
  traceProgram,
  valueAndGradient,
  valueAndGradientWithAuxiliary,
} from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../../compiler/test/caught.ts';
import { evaluate } from './slopes.ts';

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

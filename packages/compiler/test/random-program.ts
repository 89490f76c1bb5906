import type { Tensor, TensorLike, TensorType } from '@etalon/compiler';
import {
  abs,
  add,
  argMax,
  argMin,
  cast,
  concat,
  constant,
  cos,
  dimensionSize,
  dimensionsEqual,
  div,
  elu,
  equal,
  erf,
  exp,
  expand,
  floor,
  gather,
  gelu,
  greater,
  identity,
  leakyRelu,
  lesserOrEqual,
  logicalAnd,
  logicalNot,
  logSoftmax,
  matmul,
  max,
  min,
  mul,
  neg,
  pad,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  relu,
  reshape,
  sigmoid,
  sign,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  step,
  stopGradient,
  sub,
  swapLastAxes,
  tanh,
  tensor,
  traceProgram,
  transpose,
  where,
} from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import fc from 'fast-check';
import { tryBroadcast } from '../src/definitions/type-rules.ts';
import type { NamedSizes } from './random-inputs.ts';
import { inputsFor } from './random-inputs.ts';

/** A program with inputs that fit it. */
export interface RandomProgram {
  readonly program: ProgramV1;
  readonly inputs: Readonly<Record<string, HostTensor>>;
  /** What the program was traced from. */
  readonly declared: Readonly<Record<string, TensorType>>;
  /** Returns the last tensors made, the outputs of the program. */
  readonly body: (symbols: Readonly<Record<string, Tensor>>) => readonly Tensor[];
}

/** Options of {@link randomPrograms}. */
export interface RandomProgramOptions {
  /**
   * `smooth`: float32 only, and differentiable wherever the inputs lie; `any`: every dtype, comparisons, searches,
   * kinks, poles and jumps. Default `any`.
   */
  readonly operators?: 'any' | 'smooth';
  /** Sizes of the names `n` and `m`; default 1 to 3 each. */
  readonly sizes?: fc.Arbitrary<NamedSizes>;
  /** Largest number of steps; default 12. */
  readonly steps?: number;
}

/** Three numbers that choose operands and attributes; a step that finds none that fit is left out. */
type Choices = readonly [number, number, number];

type Step = (pool: Pool, choices: Choices) => Tensor | undefined;

const largestRank = 4;
const numbers = [0, -0, 1, -1, 2, 0.5] as const;

/** Tensors made so far. */
class Pool {
  readonly tensors: Tensor[];

  constructor(tensors: readonly Tensor[]) {
    this.tensors = [...tensors];
  }

  /** The tensor that a number chooses among those that fit. */
  pick(choice: number, fits: (tensor: Tensor) => boolean): Tensor | undefined {
    return at(this.tensors.filter(fits), choice);
  }

  float(choice: number, rank = 0): Tensor | undefined {
    return this.pick(choice, ({ dtype, shape }) => dtype === 'float32' && shape.length >= rank);
  }

  /** A tensor of the same dtype that broadcasts with another. */
  beside(tensor: Tensor, choice: number): Tensor | undefined {
    return this.pick(
      choice,
      ({ dtype, shape }) =>
        dtype === tensor.dtype && tryBroadcast(shape, tensor.shape) !== undefined,
    );
  }
}

function at<T>(list: readonly T[], choice: number): T | undefined {
  return list[choice % Math.max(list.length, 1)];
}

const unary =
  (operator: (x: Tensor) => Tensor): Step =>
  (pool, [a]) => {
    const x = pool.float(a);
    return x && operator(x);
  };

const isNumeric = ({ dtype }: Tensor): boolean => dtype === 'float32' || dtype === 'int32';

const binary =
  (operator: (a: TensorLike, b: TensorLike) => Tensor): Step =>
  (pool, [a, b]) => {
    const x = pool.pick(a, isNumeric);
    const y = x && pool.beside(x, b);
    return x && y && operator(x, y);
  };

const withNumber =
  (operator: (a: TensorLike, b: TensorLike) => Tensor): Step =>
  (pool, [a, b, c]) => {
    const x = pool.float(a);
    const number = at(numbers, b) ?? 1;
    return x && (c % 2 === 0 ? operator(x, number) : operator(number, x));
  };

const reduction =
  (operator: typeof reduceSum): Step =>
  (pool, [a, b, c]) => {
    const x = pool.float(a);
    const axes = x?.shape.flatMap((_, axis) => ((b >> axis) % 2 === 0 ? [axis] : []));
    return x && operator(x, { axes: axes ?? [], keepDims: c % 2 === 0 });
  };

const alongAxis =
  (operator: (x: Tensor, options: { readonly axis: number }) => Tensor): Step =>
  (pool, [a, b]) => {
    const x = pool.float(a, 1);
    return x && operator(x, { axis: b % x.shape.length });
  };

const smoothSteps: readonly Step[] = [
  ...[add, sub, mul].flatMap((operator) => [binary(operator), withNumber(operator)]),
  ...[neg, tanh, sigmoid, sin, cos, erf, gelu, softplus, identity].map(unary),
  // bounded, so that chains of them stay finite
  unary((x) => exp(tanh(x))),
  unary((x) => sqrt(add(mul(x, x), 1))),
  unary((x) => reciprocal(add(mul(x, x), 1))),
  (pool, [a, b]) => {
    const x = pool.float(a);
    const y = x && pool.beside(x, b);
    return x && y && div(x, add(mul(y, y), 1));
  },
  ...[reduceSum, reduceMean].map(reduction),
  ...[softmax, logSoftmax].map(alongAxis),
  (pool, [a]) => {
    const x = pool.float(a, 2);
    return x && matmul(x, swapLastAxes(x));
  },
  (pool, [a, b]) => {
    const x = pool.float(a, 2);
    const inner = x?.shape.at(-1);
    const y =
      inner !== undefined &&
      pool.pick(
        b,
        ({ dtype, shape }) =>
          dtype === 'float32' && shape.length === 2 && dimensionsEqual(shape[0] ?? -1, inner),
      );
    return x && y ? matmul(x, y) : undefined;
  },
  (pool, [a]) => {
    const x = pool.float(a);
    return x && reshape(x, [-1]);
  },
  (pool, [a, b]) => {
    const x = pool.float(a);
    if (x === undefined || x.shape.length >= largestRank) return undefined;
    const axis = b % (x.shape.length + 1);
    return reshape(x, x.shape.toSpliced(axis, 0, 1));
  },
  (pool, [a, b]) => {
    const x = pool.float(a, 1);
    const shift = x && b % x.shape.length;
    return (
      x &&
      transpose(
        x,
        [...x.shape.keys()].map((axis) => axis - (shift ?? 0)),
      )
    );
  },
  (pool, [a, b]) => {
    const x = pool.float(a);
    if (x === undefined || x.shape.length >= largestRank) return undefined;
    return expand(x, [...(b % 2 === 0 ? ['n'] : [2]), ...x.shape]);
  },
  (pool, [a, b, c]) => {
    const x = pool.float(a, 1);
    const y = x && (c % 2 === 0 ? x : mul(x, 2));
    return x && y && concat([x, y], { axis: b % x.shape.length });
  },
  (pool, [a, b, c]) => {
    const x = pool.float(a, 1);
    if (x === undefined) return undefined;
    const bits = (choice: number) => x.shape.map((_, axis) => (choice >> axis) % 2);
    return pad(x, { before: bits(b), after: bits(c), value: at(numbers, b + c) ?? 0 });
  },
  (pool, [a, b]) => {
    const x = pool.float(a);
    return (
      x &&
      slice(x, { starts: x.shape.map(() => 0), strides: x.shape.map((_, k) => 1 + ((b >> k) % 3)) })
    );
  },
  (pool, [a]) => {
    const x = pool.float(a);
    return x && mul(x, cast(dimensionSize('n'), 'float32'));
  },
];

const roughSteps: readonly Step[] = [
  ...[div, max, min].flatMap((operator) => [binary(operator), withNumber(operator)]),
  ...[abs, sign, relu, floor, sqrt, exp, reciprocal, step, elu, leakyRelu, stopGradient].map(unary),
  ...[reduceMax, reduceMin].map(reduction),
  ...[argMax, argMin].map(alongAxis),
  ...[equal, greater, lesserOrEqual].map(binary),
  unary((x) => cast(x, 'int32')),
  (pool, [a]) => {
    const x = pool.pick(a, ({ dtype }) => dtype !== 'float32');
    return x && cast(x, 'float32');
  },
  (pool, [a, b]) => {
    const flag = pool.pick(a, ({ dtype }) => dtype === 'bool');
    const other = flag && pool.beside(flag, b);
    return flag && other && logicalAnd(flag, logicalNot(other));
  },
  (pool, [a, b, c]) => {
    const flag = pool.pick(a, ({ dtype }) => dtype === 'bool');
    const x =
      flag &&
      pool.pick(b, (each) => tryBroadcast(flag.shape, each.shape) !== undefined && isNumeric(each));
    return flag && x && (c % 2 === 0 ? where(flag, x, 0) : where(flag, 1, x));
  },
  (pool, [a, b]) => {
    // the place of a maximum is an index in range
    const x = pool.float(a, 1);
    const axis = x && b % x.shape.length;
    return x && gather(x, argMax(x, { axis: axis ?? 0 }), { axis: axis ?? 0 });
  },
];

const declarations = {
  a: tensor('float32', ['n', 3]),
  b: tensor('float32', [3]),
  c: tensor('float32', ['m', 'n']),
  scale: tensor('float32', []),
};

const roughDeclarations = {
  ...declarations,
  count: tensor('int32', ['n', 1]),
  flag: tensor('bool', [3]),
};

/** Makes small programs over element-wise, reduction, matrix and movement operators, with inputs that fit. */
export function randomPrograms(options: RandomProgramOptions = {}): fc.Arbitrary<RandomProgram> {
  const { operators = 'any', steps = 12 } = options;
  const size = fc.integer({ min: 1, max: 3 });
  const { sizes = fc.record({ n: size, m: size }) } = options;
  const available = operators === 'smooth' ? smoothSteps : [...smoothSteps, ...roughSteps];
  const choice = fc.nat({ max: 63 });
  const chosen = fc.tuple(fc.nat({ max: available.length - 1 }), choice, choice, choice);
  return fc
    .record({
      chosen: fc.array(chosen, { minLength: 1, maxLength: steps }),
      sizes,
      seed: fc.nat(),
    })
    .map(({ chosen: list, sizes: bound, seed }) => {
      const declared = operators === 'smooth' ? declarations : roughDeclarations;
      const body: RandomProgram['body'] = (symbols) => {
        const pool = new Pool([...Object.values(symbols), constant([[0.5, -1, 2]])]);
        for (const [made, ...choices] of list) {
          const tensor = available[made]?.(pool, choices);
          if (tensor !== undefined) pool.tensors.push(tensor);
        }
        return pool.tensors.slice(-3);
      };
      const program = traceProgram('random', declared, (symbols) => ({ last: body(symbols) }));
      return { program, inputs: inputsFor(program, bound, seed), declared, body };
    });
}

import type { ElementwiseOperatorsV1 } from '@etalon/spec';
import { broadcastOperand } from '../kernels/elementwise.ts';
import type { KernelName } from '../kernels/kernel.ts';
import { operandAt } from '../kernels/kernel.ts';
import { INT32_MAXIMUM, INT32_MINIMUM, roundEven, toInt32 } from '../kernels/scalar-functions.ts';
import { broadcastTo } from '../layout.ts';
import { ulp } from './float32.ts';
import { powerChange, propagation, quotientChange } from './propagation.ts';
import type { BoundCall, BoundRulesOf, NodeBound } from './rule.ts';
import {
  boundAt,
  intervalBound,
  scaled,
  settled,
  withDivision,
  withOwnError,
  withRounding,
} from './rule.ts';
import type { FunctionName, Tolerances } from './tolerances.ts';

type AnyCall = BoundCall<KernelName>;
type AnyRule = (call: AnyCall) => NodeBound;

/** Bound of `f(x)`, exactly `value`, where x is off by at most the finite `b`. */
export type UnaryBound = (x: number, b: number, value: number, tolerances: Tolerances) => number;

/** The same for two operands. */
type BinaryBound = (
  a: number,
  aBound: number,
  b: number,
  bBound: number,
  value: number,
  tolerances: Tolerances,
) => number;

/** How much two operands' bounds change the result, and nothing else. */
type Change = (a: number, aBound: number, b: number, bBound: number, value: number) => number;

const INFINITE = Number.POSITIVE_INFINITY;

/** Bounds every element by itself; what may be anything stays so. */
export function unaryRule(rule: UnaryBound): AnyRule {
  return ({ inputs, bounds, result, tolerances }) => {
    const x = operandAt(inputs, 0).data;
    const own = boundAt(bounds, 0);
    const bound = new Float64Array(result.length);
    for (let i = 0; i < bound.length; i++) {
      const b = own[i] as number;
      bound[i] =
        b === INFINITE ? INFINITE : rule(x[i] as number, b, result[i] as number, tolerances);
    }
    return { bound };
  };
}

/** Bounds a function that never falls by its values at the ends of the operand's interval. */
export function monotone(apply: (x: number) => number): UnaryBound {
  return (x, b, value) => (b === 0 ? 0 : intervalBound(value, apply(x - b), apply(x + b)));
}

function broadcastBound({ inputs, bounds, shape }: AnyCall, index: number): Float64Array {
  return broadcastTo(boundAt(bounds, index), operandAt(inputs, index).shape, shape);
}

// `unchecked` is the bound where an operand may be anything.
function binaryRule(rule: BinaryBound, unchecked: number = INFINITE): AnyRule {
  return (call) => {
    const { result, tolerances } = call;
    const a = broadcastOperand(call, 0);
    const b = broadcastOperand(call, 1);
    const aBounds = broadcastBound(call, 0);
    const bBounds = broadcastBound(call, 1);
    const bound = new Float64Array(result.length);
    for (let i = 0; i < bound.length; i++) {
      const aBound = aBounds[i] as number;
      const bBound = bBounds[i] as number;
      bound[i] =
        aBound + bBound === INFINITE
          ? unchecked
          : rule(a[i] as number, aBound, b[i] as number, bBound, result[i] as number, tolerances);
    }
    return { bound };
  };
}

function smooth(name: Exclude<FunctionName, 'sqrt'>): AnyRule {
  const propagate = propagation[name];
  return unaryRule((x, b, value, tolerances) => {
    const propagated = b === 0 ? 0 : propagate(x, b, value);
    const ownError = tolerances.functions[name](x, Math.abs(value) + propagated);
    return withOwnError(value, propagated, ownError, tolerances);
  });
}

// int32 arithmetic is exact; where operands are not, the result must stay clear of the wrap-around.
function wrapping(value: number, change: number): number {
  return value - change <= INT32_MINIMUM || value + change > INT32_MAXIMUM ? INFINITE : change;
}

function arithmetic(change: Change): AnyRule {
  const float = binaryRule((a, aBound, b, bBound, value, tolerances) => {
    // NaN whatever the other operand is
    const certain = Number.isNaN(a) || Number.isNaN(b);
    const propagated = certain ? 0 : settled(change(a, aBound, b, bBound, value));
    return withRounding(value, propagated, tolerances.roundingUlps, tolerances);
  });
  const int32 = binaryRule((a, aBound, b, bBound, value) =>
    aBound + bBound === 0 ? 0 : wrapping(value, change(a, aBound, b, bBound, value)),
  );
  return (call) => (call.dtype === 'int32' ? int32(call) : float(call));
}

// The extremes of max and min lie at the ends of both intervals.
function extreme(apply: (a: number, b: number) => number): AnyRule {
  return binaryRule((a, aBound, b, bBound, value) =>
    aBound + bBound === 0
      ? 0
      : intervalBound(value, apply(a - aBound, b - bBound), apply(a + aBound, b + bBound)),
  );
}

// Uncertain where the operands are closer than their bounds; NaN compares alike whatever the other is.
const comparison: AnyRule = binaryRule((a, aBound, b, bBound) => {
  const bound = aBound + bBound;
  return bound === 0 || Math.abs(a - b) > bound || Number.isNaN(a) || Number.isNaN(b) ? 0 : 1;
}, 1);

// One operand that decides for certain makes the other irrelevant.
function logical(decisive: number): AnyRule {
  return binaryRule((a, aBound, b, bBound) => {
    const decided = (a === decisive && aBound === 0) || (b === decisive && bBound === 0);
    return decided ? 0 : Math.max(aBound, bBound);
  });
}

function product(a: number, aBound: number, b: number, bBound: number): number {
  return scaled(aBound, Math.abs(b)) + scaled(bBound, Math.abs(a)) + aBound * bBound;
}

const divide: AnyRule = (call) => {
  const rule =
    call.dtype === 'int32'
      ? binaryRule((a, aBound, b, bBound, value) =>
          // truncation adds at most 1
          aBound + bBound === 0 ? 0 : wrapping(value, quotientChange(a, aBound, b, bBound) + 1),
        )
      : binaryRule((a, aBound, b, bBound, value, tolerances) => {
          const certain = Number.isNaN(a) || Number.isNaN(b);
          const change = certain ? 0 : settled(quotientChange(a, aBound, b, bBound));
          const ownError = tolerances.divisionUlps * ulp(Math.abs(value) + change);
          return withDivision(value, change, ownError, tolerances);
        });
  return rule(call);
};

// The branch taken, and where the condition is uncertain also the other one.
const chooseBranch: AnyRule = (call) => {
  const condition = broadcastOperand(call, 0);
  const uncertain = broadcastBound(call, 0);
  const values = [broadcastOperand(call, 2), broadcastOperand(call, 1)] as const;
  const bounds = [broadcastBound(call, 2), broadcastBound(call, 1)] as const;
  const bound = new Float64Array(call.result.length);
  for (let i = 0; i < bound.length; i++) {
    const taken = condition[i] === 0 ? 0 : 1;
    bound[i] = bounds[taken][i] as number;
    if (uncertain[i] === 0) continue;
    const here = values[taken][i] as number;
    const there = values[1 - taken]?.[i] as number;
    const distance = Object.is(here, there) ? 0 : Math.abs(here - there);
    const other = distance + (bounds[1 - taken]?.[i] as number);
    bound[i] = settled(Math.max(bound[i] as number, other));
  }
  return { bound };
};

const convert: AnyRule = (call) => {
  const from = operandAt(call.inputs, 0).dtype;
  if (call.dtype === 'bool') {
    return unaryRule((x, b) => (b > 0 && Math.abs(x) <= b ? 1 : 0))(call);
  }
  if (from === 'float32' && call.dtype === 'int32') return unaryRule(monotone(toInt32))(call);
  if (from === 'int32' && call.dtype === 'float32') {
    return unaryRule((_x, b, value, tolerances) =>
      withRounding(value, b, tolerances.roundingUlps, tolerances),
    )(call);
  }
  return { bound: boundAt(call.bounds, 0) };
};

const unchanged: AnyRule = ({ bounds }) => ({ bound: boundAt(bounds, 0) });

// The int32 minimum is its own negative.
const mirrored: AnyRule = (call) =>
  call.dtype === 'int32'
    ? unaryRule((_x, b, value) => (b === 0 ? 0 : wrapping(value, b)))(call)
    : unchanged(call);

/** Bound rules of operators that work element by element. */
export const elementwiseBounds: BoundRulesOf<keyof ElementwiseOperatorsV1> = {
  add: arithmetic((_a, aBound, _b, bBound) => aBound + bBound),
  sub: arithmetic((_a, aBound, _b, bBound) => aBound + bBound),
  mul: arithmetic(product),
  div: divide,
  max: extreme((a, b) => Math.max(a, b)),
  min: extreme((a, b) => Math.min(a, b)),
  pow: binaryRule((a, aBound, b, bBound, value, tolerances) => {
    const change = settled(powerChange(a, aBound, b, bBound, value));
    const ownError = tolerances.powerError(a, b, Math.abs(value) + change);
    return withOwnError(value, change, ownError, tolerances);
  }),

  equal: comparison,
  notEqual: comparison,
  greater: comparison,
  greaterOrEqual: comparison,
  lesser: comparison,
  lesserOrEqual: comparison,

  logicalAnd: logical(0),
  logicalOr: logical(1),
  logicalXor: logical(Number.NaN),
  logicalNot: unchanged,
  isNaN: ({ bounds }) => ({ bound: boundAt(bounds, 0).map((b) => (b === INFINITE ? 1 : 0)) }),

  where: chooseBranch,

  abs: mirrored,
  neg: mirrored,
  sign: unaryRule(monotone(Math.sign)),
  reciprocal: unaryRule((x, b, value, tolerances) => {
    const change = quotientChange(1, 0, x, b);
    const ownError = tolerances.divisionUlps * ulp(Math.abs(value) + change);
    return withDivision(value, change, ownError, tolerances);
  }),
  sqrt: unaryRule((x, b, value, tolerances) => {
    const change = b === 0 ? 0 : propagation.sqrt(x, b, value);
    const ownError = tolerances.functions.sqrt(x, Math.abs(value) + change);
    return withDivision(value, change, ownError, tolerances);
  }),
  exp: smooth('exp'),
  log: smooth('log'),
  sin: smooth('sin'),
  cos: smooth('cos'),
  tanh: smooth('tanh'),
  erf: smooth('erf'),
  sigmoid: smooth('sigmoid'),
  relu: unaryRule(monotone((x) => Math.max(x, 0))),
  floor: unaryRule(monotone(Math.floor)),
  ceil: unaryRule(monotone(Math.ceil)),
  roundEven: unaryRule(monotone(roundEven)),

  cast: convert,
};

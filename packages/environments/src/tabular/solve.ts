import { EnvironmentError } from '../errors.ts';
import type { TransitionTable } from './transition-table.ts';

/** How a process is solved. */
export interface ValueIterationOptions {
  /** What a reward one step later is worth, from 0 to 1; default 1. */
  readonly discount?: number;
  /** Number of steps after which an episode is cut off; default never. */
  readonly horizon?: number;
  /** Without a horizon: by how much values may still change; default 1e-12. */
  readonly tolerance?: number;
}

/** The same where it must be discounted. */
export interface PolicyIterationOptions {
  /** What a reward one step later is worth, of at least 0 and below 1. */
  readonly discount: number;
  /** By how much values of a policy may still change when it is judged; default 1e-12. */
  readonly tolerance?: number;
}

/** The best that can be done. */
export interface Solution {
  /** Expected return of each state at the beginning of an episode, `[states]`. */
  readonly values: Float64Array;
  /** The best action in each state at the beginning of an episode, the first of equals, `[states]`. */
  readonly policy: Int32Array;
  /** Expected return of an episode. */
  readonly meanReturn: number;
}

const mostSweeps = 1_000_000;

/**
 * Returns the optimum of a process: what no agent exceeds. Bellman 1957; with a horizon by going backwards from its end, which is exact.
 *
 * @throws {EnvironmentError} `INVALID_SOLVER_OPTION` when the discount is outside [0, 1], the horizon no integer of at least 1, or the
 * tolerance not above 0; `NOT_CONVERGED` when values change for ever.
 */
export function valueIteration(
  table: TransitionTable,
  options: ValueIterationOptions = {},
): Solution {
  const { discount = 1, horizon, tolerance = 1e-12 } = options;
  const isHorizon = horizon === undefined || (Number.isInteger(horizon) && horizon >= 1);
  if (!(discount >= 0 && discount <= 1 && isHorizon && tolerance > 0)) {
    throw invalid('valueIteration', options, 'a discount from 0 to 1, a horizon of at least 1');
  }
  let before = new Float64Array(table.states);
  for (let sweep = 1; sweep <= (horizon ?? mostSweeps); sweep++) {
    const values = before.map((_, state) => bestAction(table, before, discount, state).value);
    const isLast =
      horizon === undefined ? largestChange(values, before) <= tolerance : sweep === horizon;
    if (isLast) return solved(table, values, before, discount);
    before = values;
  }
  throw notConverged('valueIteration', 'Fix: pass a horizon, or a discount below 1.');
}

/**
 * Returns the optimum of a discounted process by judging a policy and acting better, until nothing is better. Howard 1960.
 *
 * @throws {EnvironmentError} `INVALID_SOLVER_OPTION` when the discount is outside [0, 1), or the tolerance not above 0; `NOT_CONVERGED`
 * when a policy cannot be judged.
 */
export function policyIteration(table: TransitionTable, options: PolicyIterationOptions): Solution {
  const { discount, tolerance = 1e-12 } = options;
  if (!(discount >= 0 && discount < 1 && tolerance > 0)) {
    throw invalid('policyIteration', options, 'a discount of at least 0 and below 1');
  }
  let policy = new Int32Array(table.states);
  for (;;) {
    const values = judged(table, policy, discount, tolerance);
    const better = policy.map((action, state) => {
      const best = bestAction(table, values, discount, state);
      // An action that is better by rounding alone would be changed for ever.
      const own = actionValue(table, values, discount, state, action);
      return best.value > own + 4 * tolerance ? best.action : action;
    });
    if (better.every((action, state) => action === policy[state])) {
      return solved(table, values, values, discount);
    }
    policy = better;
  }
}

/** Expected return of each state where a policy acts. */
function judged(
  table: TransitionTable,
  policy: Int32Array,
  discount: number,
  tolerance: number,
): Float64Array {
  let before = new Float64Array(table.states);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    const values = before.map((_, state) =>
      actionValue(table, before, discount, state, policy[state] ?? 0),
    );
    if (largestChange(values, before) <= tolerance) return values;
    before = values;
  }
  throw notConverged('policyIteration', 'Fix: pass a smaller discount, or a larger tolerance.');
}

function solved(
  table: TransitionTable,
  values: Float64Array,
  next: Float64Array,
  discount: number,
): Solution {
  const policy = Int32Array.from(
    values,
    (_, state) => bestAction(table, next, discount, state).action,
  );
  const meanReturn = table.initial.reduce(
    (sum, probability, state) => sum + probability * (values[state] ?? 0),
    0,
  );
  return { values, policy, meanReturn };
}

function bestAction(table: TransitionTable, next: Float64Array, discount: number, state: number) {
  let best = { action: 0, value: Number.NEGATIVE_INFINITY };
  for (let action = 0; action < table.actions; action++) {
    const value = actionValue(table, next, discount, state, action);
    if (value > best.value) best = { action, value };
  }
  return best;
}

function actionValue(
  { offsets, actions, probability, next: states, reward, terminated }: TransitionTable,
  next: Float64Array,
  discount: number,
  state: number,
  action: number,
): number {
  const row = state * actions + action;
  let value = 0;
  for (let at = offsets[row] ?? 0; at < (offsets[row + 1] ?? 0); at++) {
    const later = terminated[at] === 1 ? 0 : discount * (next[states[at] ?? 0] ?? 0);
    value += (probability[at] ?? 0) * ((reward[at] ?? 0) + later);
  }
  return value;
}

function largestChange(values: Float64Array, before: Float64Array): number {
  return values.reduce(
    (most, value, state) => Math.max(most, Math.abs(value - (before[state] ?? 0))),
    0,
  );
}

function invalid(where: string, options: object, expected: string): EnvironmentError {
  return new EnvironmentError('INVALID_SOLVER_OPTION', [
    `${where}: the options must say how to solve a process, got ${JSON.stringify(options)}.`,
    `Expected ${expected}, and a tolerance above 0.`,
  ]);
}

function notConverged(where: string, fix: string): EnvironmentError {
  return new EnvironmentError('NOT_CONVERGED', [
    `${where}: values must come to rest, got change after ${mostSweeps} sweeps.`,
    fix,
  ]);
}

import type { Outcome } from './transition-table.ts';
import { TransitionTable } from './transition-table.ts';

/** Options of {@link cliffWalkingTable}. */
export interface CliffWalkingOptions {
  /** Whether one may slip to either side, each of three ways equally likely; default false. */
  readonly isSlippery?: boolean;
}

const [rows, columns] = [4, 12];
const start = 36;
const goal = 47;

/** Up, right, down, left. */
const moves = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;

/**
 * Returns the table of a walk along a cliff. State: `row · 12 + column` of four rows; it begins in the lower left corner and ends in the lower
 * right one; between them is the cliff, which costs 100 and leads back. Actions: 0 up, 1 right, 2 down, 3 left. Equal to that of Gymnasium's
 * `CliffWalking-v1` and `CliffWalkingSlippery-v1` (`gymnasium/envs/toy_text/cliffwalking.py`); Sutton and Barto 2018, example 6.6.
 */
export function cliffWalkingTable({
  isSlippery = false,
}: CliffWalkingOptions = {}): TransitionTable {
  const outcome = (probability: number, state: number, direction: number): Outcome => {
    const [down, right] = moves[direction % 4] ?? [0, 0];
    const row = Math.min(Math.max(Math.floor(state / columns) + down, 0), rows - 1);
    const column = Math.min(Math.max((state % columns) + right, 0), columns - 1);
    const next = row * columns + column;
    if (next > start && next < goal) {
      return { probability, state: start, reward: -100, terminated: false };
    }
    return { probability, state: next, reward: -1, terminated: next === goal };
  };
  return new TransitionTable({
    states: rows * columns,
    actions: 4,
    initial: Array.from({ length: rows * columns }, (_, state) => (state === start ? 1 : 0)),
    outcomes: (state, action) =>
      isSlippery
        ? [action + 3, action, action + 1].map((direction) => outcome(1 / 3, state, direction))
        : [outcome(1, state, action)],
  });
}

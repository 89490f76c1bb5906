import { EnvironmentError } from '../errors.ts';
import type { Outcome } from './transition-table.ts';
import { TransitionTable } from './transition-table.ts';

const maps = {
  '4x4': ['SFFF', 'FHFH', 'FFFH', 'HFFG'],
  '8x8': [
    'SFFFFFFF',
    'FFFFFFFF',
    'FFFHFFFF',
    'FFFFFHFF',
    'FFFHFFFF',
    'FHHFFFHF',
    'FHFFHFHF',
    'FFFHFFFG',
  ],
} as const;

/** Options of {@link frozenLakeTable}. */
export interface FrozenLakeOptions {
  /** Rows of equal length of `S` (start), `F` (frozen), `H` (hole) and `G` (goal), or the name of a map; default `4x4`. */
  readonly map?: keyof typeof maps | readonly string[];
  /** Whether one may slip to either side; default true. */
  readonly isSlippery?: boolean;
  /** On slippery ice, the probability of going where one wants; default 1/3. */
  readonly successRate?: number;
  /** Rewards of reaching the goal, a hole, and anything else; default 1, 0, 0. */
  readonly rewards?: readonly [goal: number, hole: number, frozen: number];
}

/** Left, down, right, up. */
const moves = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

/**
 * Returns the table of a frozen lake, which is to be crossed without falling into a hole. State: `row · columns + column`; actions: 0 left,
 * 1 down, 2 right, 3 up. Equal to that of Gymnasium's `FrozenLake-v1` (`gymnasium/envs/toy_text/frozen_lake.py`).
 *
 * @throws {EnvironmentError} `INVALID_MAP` when rows differ in length, hold another letter, or none holds a start.
 */
export function frozenLakeTable(options: FrozenLakeOptions = {}): TransitionTable {
  const { map = '4x4', isSlippery = true, successRate = 1 / 3, rewards = [1, 0, 0] } = options;
  const rows: readonly string[] = typeof map === 'string' ? maps[map] : map;
  const columns = requireMap(rows);
  const letters = rows.join('');
  const [goal, hole, frozen] = rewards;
  const rewardOf: Readonly<Record<string, number>> = { G: goal, H: hole };
  const outcome = (probability: number, state: number, direction: number): Outcome => {
    const [down, right] = moves[direction % 4] ?? [0, 0];
    const row = clamp(Math.floor(state / columns) + down, rows.length);
    const next = row * columns + clamp((state % columns) + right, columns);
    const letter = letters[next] ?? 'F';
    const terminated = letter === 'G' || letter === 'H';
    return { probability, state: next, reward: rewardOf[letter] ?? frozen, terminated };
  };
  const failure = (1 - successRate) / 2;
  const starts = [...letters].filter((letter) => letter === 'S').length;
  return new TransitionTable({
    states: letters.length,
    actions: 4,
    initial: Array.from(letters, (letter) => (letter === 'S' ? 1 / starts : 0)),
    outcomes: (state, action) => {
      const letter = letters[state];
      if (letter === 'G' || letter === 'H') {
        return [{ probability: 1, state, reward: 0, terminated: true }];
      }
      if (!isSlippery) return [outcome(1, state, action)];
      return [
        outcome(failure, state, action + 3),
        outcome(successRate, state, action),
        outcome(failure, state, action + 1),
      ];
    },
  });
}

function clamp(place: number, length: number): number {
  return Math.min(Math.max(place, 0), length - 1);
}

function requireMap(rows: readonly string[]): number {
  const columns = rows[0]?.length ?? 0;
  const isMap = columns > 0 && rows.every((row) => row.length === columns && /^[SFHG]+$/.test(row));
  if (isMap && rows.some((row) => row.includes('S'))) return columns;
  throw new EnvironmentError('INVALID_MAP', [
    `frozenLakeTable: the map must be rows of one length with a start, got ${JSON.stringify(rows)}.`,
    'Expected S (start), F (frozen), H (hole) and G (goal).',
  ]);
}

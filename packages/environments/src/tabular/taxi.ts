import type { Outcome } from './transition-table.ts';
import { TransitionTable } from './transition-table.ts';

/** Options of {@link taxiTable}. */
export interface TaxiOptions {
  /** Whether the taxi may slide to either side; default false. */
  readonly isRainy?: boolean;
  /** In rain, the probability of going where one wants; default 0.8. */
  readonly rainyProbability?: number;
}

/** What a number of a taxi's state stands for. */
export interface TaxiState {
  readonly row: number;
  readonly column: number;
  /** Where the passenger is: 0 red, 1 green, 2 yellow, 3 blue, 4 in the taxi. */
  readonly passenger: number;
  /** Where the passenger wants to go: 0 red, 1 green, 2 yellow, 3 blue. */
  readonly destination: number;
}

const map = [
  '+---------+',
  '|R: | : :G|',
  '| : | : : |',
  '| : : : : |',
  '| | : | : |',
  '|Y| : |B: |',
  '+---------+',
] as const;

/** Rows and columns of red, green, yellow and blue. */
const stops = [
  [0, 0],
  [0, 4],
  [4, 0],
  [4, 3],
] as const;

type Move = readonly [down: number, right: number];

const [south, north, east, west]: readonly [Move, Move, Move, Move] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
];

/** Ahead, left of that and right of that, by action. */
const headings: readonly (readonly [Move, Move, Move])[] = [
  [south, east, west],
  [north, west, east],
  [east, north, south],
  [west, south, north],
];

const size = 5;
const inTaxi = 4;

/** Returns the number of a state: `((row · 5 + column) · 5 + passenger) · 4 + destination`. */
export function encodeTaxi({ row, column, passenger, destination }: TaxiState): number {
  return ((row * size + column) * 5 + passenger) * 4 + destination;
}

/** Returns what a number of a state stands for. */
export function decodeTaxi(state: number): TaxiState {
  return {
    row: Math.floor(state / 100),
    column: Math.floor(state / 20) % size,
    passenger: Math.floor(state / 4) % 5,
    destination: state % 4,
  };
}

/**
 * Returns the table of a taxi that takes a passenger from one of four stops to another. Actions: 0 south, 1 north, 2 east, 3 west, 4 pick up,
 * 5 drop off. A step costs 1, a wrong pick-up or drop-off 10, and the right drop-off earns 20. Equal to that of Gymnasium's `Taxi-v4`
 * (`gymnasium/envs/toy_text/taxi.py`), in rain too; Dietterich 2000.
 */
export function taxiTable({
  isRainy = false,
  rainyProbability = 0.8,
}: TaxiOptions = {}): TransitionTable {
  const states = size * size * 5 * 4;
  const weights = Array.from({ length: states }, (_, state) => {
    const { passenger, destination } = decodeTaxi(state);
    return passenger < inTaxi && passenger !== destination ? 1 : 0;
  });
  const starts = weights.reduce<number>((sum, weight) => sum + weight, 0);
  const aside = (1 - rainyProbability) / 2;
  return new TransitionTable({
    states,
    actions: 6,
    initial: weights.map((weight) => weight / starts),
    outcomes: (number, action) => {
      const state = decodeTaxi(number);
      if (action === 4) return [pickUp(state)];
      if (action === 5) return [dropOff(state)];
      const [ahead, left, right] = headings[action] ?? [south, east, west];
      if (!isRainy) return [driven(1, state, ahead)];
      // Where the way ahead is closed, the taxi stands still whatever the weather.
      const ways = isOpen(state, ahead) ? [ahead, left, right] : [ahead, ahead, ahead];
      return ways.map((way, at) => driven(at === 0 ? rainyProbability : aside, state, way));
    },
  });
}

function driven(probability: number, state: TaxiState, move: Move): Outcome {
  const [down, right] = isOpen(state, move) ? move : [0, 0];
  const next = { ...state, row: state.row + down, column: state.column + right };
  return { probability, state: encodeTaxi(next), reward: -1, terminated: false };
}

/** Whether there is neither a wall nor the end of the map. */
function isOpen({ row, column }: TaxiState, [down, right]: Move): boolean {
  const next = row + down;
  // Between two places stands a colon or a wall.
  return right === 0 ? next >= 0 && next < size : map[row + 1]?.[2 * column + 1 + right] === ':';
}

function pickUp(state: TaxiState): Outcome {
  const isHere = state.passenger < inTaxi && isAt(state, state.passenger);
  const next = isHere ? { ...state, passenger: inTaxi } : state;
  return { probability: 1, state: encodeTaxi(next), reward: isHere ? -1 : -10, terminated: false };
}

function dropOff(state: TaxiState): Outcome {
  const stop = stops.findIndex((_, at) => isAt(state, at));
  if (state.passenger !== inTaxi || stop < 0) {
    return { probability: 1, state: encodeTaxi(state), reward: -10, terminated: false };
  }
  const terminated = stop === state.destination;
  const next = encodeTaxi({ ...state, passenger: stop });
  return { probability: 1, state: next, reward: terminated ? 20 : -1, terminated };
}

function isAt({ row, column }: TaxiState, stop: number): boolean {
  return stops[stop]?.[0] === row && stops[stop]?.[1] === column;
}

import { describe, expect, it } from 'vitest';
import goldens from '../../test/goldens/tables.json' with { type: 'json' };
import { cliffWalkingTable } from './cliff-walking.ts';
import { frozenLakeTable } from './frozen-lake.ts';
import { policyIteration, valueIteration } from './solve.ts';
import { decodeTaxi, encodeTaxi, taxiTable } from './taxi.ts';
import { TransitionTable } from './transition-table.ts';

const tables = {
  'frozenLake 4x4': frozenLakeTable(),
  'frozenLake 8x8': frozenLakeTable({ map: '8x8' }),
  'frozenLake dry': frozenLakeTable({ isSlippery: false }),
  'frozenLake own': frozenLakeTable({
    map: ['SFHF', 'FFFS', 'HFFG'],
    successRate: 0.7,
    rewards: [5, -2, -0.25],
  }),
  cliffWalking: cliffWalkingTable(),
  'cliffWalking slippery': cliffWalkingTable({ isSlippery: true }),
  taxi: taxiTable(),
  'taxi rainy': taxiTable({ isRainy: true }),
  'taxi stormy': taxiTable({ isRainy: true, rainyProbability: 0.5 }),
} as const;

describe('tables', () => {
  it.each(Object.entries(tables))("of %s equal Gymnasium's to bits", (name, table) => {
    const golden = goldens[name as keyof typeof tables];
    const digits = (text: string): number[] => Array.from(text, Number);
    const counts = digits(golden.counts);
    expect([table.actions, table.states * table.actions]).toEqual([golden.actions, counts.length]);
    expect(
      [...table.offsets.subarray(1)].map((end, row) => end - (table.offsets[row] ?? 0)),
    ).toEqual(counts);
    expect([...table.probability]).toEqual(
      digits(golden.probability).map((at) => golden.probabilities[at]),
    );
    expect([...table.next]).toEqual(golden.state);
    expect([...table.reward]).toEqual(digits(golden.reward).map((at) => golden.rewards[at]));
    expect([...table.terminated]).toEqual(digits(golden.terminated));
    const starts = [...table.initial.entries()].filter(([, probability]) => probability > 0);
    expect(starts.map(([state]) => state)).toEqual(golden.starts);
    expect([...new Set(table.initial)].sort((a, b) => a - b)).toEqual(golden.initial);
  });

  it('tell the outcomes of a state and an action', () => {
    expect(tables['frozenLake 4x4'].outcomes(14, 2)).toEqual([
      { probability: 1 / 3 + 2 ** -54, state: 14, reward: 0, terminated: false },
      { probability: 1 / 3, state: 15, reward: 1, terminated: true },
      { probability: 1 / 3 + 2 ** -54, state: 10, reward: 0, terminated: false },
    ]);
  });

  it.each([[[]], [['SF', 'F']], [['SX']], [['FG']]])('refuse the map %j', (map) => {
    expect(() => frozenLakeTable({ map })).toThrow(
      expect.objectContaining({ name: 'EnvironmentError', code: 'INVALID_MAP' }),
    );
  });
});

describe('states of a taxi', () => {
  it('are numbers and back', () => {
    // The taxi in the fourth row and second column, the passenger at yellow, who wants to go to red.
    expect(encodeTaxi({ row: 3, column: 1, passenger: 2, destination: 0 })).toBe(328);
    for (let state = 0; state < 500; state++) expect(encodeTaxi(decodeTaxi(state))).toBe(state);
    expect(tables.taxi.outcomes(328, 5)).toMatchObject([{ state: 328, reward: -10 }]);
  });
});

describe('valueIteration', () => {
  // Known optima; those of slippery ice are within rounding of what was computed independently.
  it.each([
    ['frozenLake 4x4', { horizon: 100 }, 0.74419],
    ['frozenLake 4x4', {}, 0.82353],
    ['frozenLake 8x8', { horizon: 200 }, 0.91322],
    ['frozenLake 8x8', {}, 1],
    ['cliffWalking', {}, -13],
    ['cliffWalking slippery', {}, -64.709],
    ['taxi', {}, 7.93],
    ['taxi rainy', {}, 3.9546],
  ] as const)('finds the optimum of %s with %j', (name, options, expected) => {
    const { meanReturn } = valueIteration(tables[name], options);
    const digits = `${expected}`.split('.')[1]?.length ?? 0;
    expect(meanReturn.toFixed(digits)).toBe(expected.toFixed(digits));
  });

  it('says what to do: a walk along the cliff, one step from it', () => {
    const { policy, values } = valueIteration(tables.cliffWalking);
    const walk: number[] = [];
    for (let state = 36; state !== 47 && walk.length < 20; ) {
      walk.push(policy[state] ?? -1);
      state = tables.cliffWalking.outcomes(state, policy[state] ?? 0)[0]?.state ?? 47;
    }
    expect(walk).toEqual([0, ...new Array(11).fill(1), 2]);
    expect(values[36]).toBe(-13);
  });

  it('knows the end: with one step left it does what pays at once', () => {
    // Waiting pays 1 at a time, leaving 3 once.
    const table = new TransitionTable({
      states: 1,
      actions: 2,
      initial: [1],
      outcomes: (_, action) => [
        { probability: 1, state: 0, reward: action === 0 ? 1 : 3, terminated: action === 1 },
      ],
    });
    const optimum = (horizon: number) => {
      const { policy, meanReturn } = valueIteration(table, { horizon });
      return [policy[0], meanReturn];
    };
    expect([1, 2, 5].map(optimum)).toEqual([
      [1, 3],
      [0, 4],
      [0, 7],
    ]);
    expect(valueIteration(table, { discount: 0.5 }).meanReturn).toBeCloseTo(3, 9);
  });

  it.each([{ discount: 1.5 }, { discount: Number.NaN }, { horizon: 0 }, { tolerance: 0 }])(
    'refuses %j',
    (options) => {
      expect(() => valueIteration(tables.cliffWalking, options)).toThrow(
        expect.objectContaining({ code: 'INVALID_SOLVER_OPTION' }),
      );
    },
  );

  it('tells that returns grow without end', () => {
    const endless = new TransitionTable({
      states: 1,
      actions: 1,
      initial: [1],
      outcomes: () => [{ probability: 1, state: 0, reward: 1, terminated: false }],
    });
    expect(() => valueIteration(endless)).toThrow(
      expect.objectContaining({ code: 'NOT_CONVERGED' }),
    );
    expect(valueIteration(endless, { discount: 0.75 }).meanReturn).toBeCloseTo(4, 9);
  });
});

describe('policyIteration', () => {
  it.each(Object.entries(tables))('finds of %s what value iteration finds', (_, table) => {
    const discount = 0.95;
    const [judged, swept] = [
      policyIteration(table, { discount }),
      valueIteration(table, { discount }),
    ];
    expect(Math.abs(judged.meanReturn - swept.meanReturn)).toBeLessThan(1e-9);
    for (const [state, value] of swept.values.entries()) {
      expect(Math.abs((judged.values[state] ?? Number.NaN) - value)).toBeLessThan(1e-9);
    }
  });

  it.each([{ discount: 1 }, { discount: -0.1 }, { discount: 0.9, tolerance: 0 }])(
    'refuses %j',
    (options) => {
      expect(() => policyIteration(tables.cliffWalking, options)).toThrow(
        expect.objectContaining({ code: 'INVALID_SOLVER_OPTION' }),
      );
    },
  );
});

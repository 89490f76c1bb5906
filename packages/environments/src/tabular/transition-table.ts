/** One thing that an action may lead to. */
export interface Outcome {
  readonly probability: number;
  /** The state after it. */
  readonly state: number;
  readonly reward: number;
  /** Whether the episode ends with it. */
  readonly terminated: boolean;
}

/** What a table is made from. */
export interface TransitionTableOptions {
  /** Number of states, which are numbers from 0 on. */
  readonly states: number;
  /** Number of actions, which are numbers from 0 on. */
  readonly actions: number;
  /** Probability of each state to begin with. */
  readonly initial: ArrayLike<number>;
  /** All that an action may lead to in a state, in the order in which draws go through it. */
  readonly outcomes: (state: number, action: number) => readonly Outcome[];
}

/**
 * A Markov decision process of finitely many states and actions, written out: what Gymnasium's tabular environments hold as `P` and
 * `initial_state_distrib`, in typed arrays.
 *
 * The outcomes of a state and an action are those from `offsets[state · actions + action]` on, before `offsets[… + 1]`.
 */
export class TransitionTable {
  /** Number of states. */
  readonly states: number;
  /** Number of actions. */
  readonly actions: number;
  /** Probability of each state to begin with, `[states]`. */
  readonly initial: Float64Array;
  /** Where the outcomes of each state and action begin, `[states · actions + 1]`. */
  readonly offsets: Int32Array;
  /** Of each outcome. */
  readonly probability: Float64Array;
  /** State after each outcome. */
  readonly next: Int32Array;
  /** Of each outcome. */
  readonly reward: Float64Array;
  /** 1 where the episode ends with an outcome, else 0. */
  readonly terminated: Uint8Array;

  /** Writes a process out. */
  constructor({ states, actions, initial, outcomes }: TransitionTableOptions) {
    this.states = states;
    this.actions = actions;
    this.initial = Float64Array.from(initial);
    this.offsets = new Int32Array(states * actions + 1);
    const all: Outcome[] = [];
    for (let row = 0; row < states * actions; row++) {
      all.push(...outcomes(Math.floor(row / actions), row % actions));
      this.offsets[row + 1] = all.length;
    }
    this.probability = Float64Array.from(all, ({ probability }) => probability);
    this.next = Int32Array.from(all, ({ state }) => state);
    this.reward = Float64Array.from(all, ({ reward }) => reward);
    this.terminated = Uint8Array.from(all, ({ terminated }) => (terminated ? 1 : 0));
  }

  /** Returns all that an action may lead to in a state. */
  outcomes(state: number, action: number): readonly Outcome[] {
    const row = state * this.actions + action;
    const [begin = 0, end = 0] = this.offsets.subarray(row, row + 2);
    return Array.from({ length: end - begin }, (_, at) => ({
      probability: this.probability[begin + at] ?? 0,
      state: this.next[begin + at] ?? 0,
      reward: this.reward[begin + at] ?? 0,
      terminated: this.terminated[begin + at] === 1,
    }));
  }
}

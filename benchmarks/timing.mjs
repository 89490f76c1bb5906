// Helpers that the suites share.
import { availableParallelism } from 'node:os';

/** Threads of both sides: as many as the machine runs at once, or as `--threads` says. */
export const threads = Number(process.env.BENCH_THREADS ?? availableParallelism());

/**
 * Milliseconds per call of two functions that take turns, as medians over blocks; `before` each block is not timed, nor are the first
 * `warmUp` blocks of each.
 */
export async function takeTurns(ours, peer, { blocks = 15, calls, before = () => {}, warmUp = 1 }) {
  const times = { ours: [], peer: [] };
  const block = async (body) => {
    await before();
    const began = performance.now();
    for (let call = 0; call < calls; call++) await body();
    return (performance.now() - began) / calls;
  };
  // Until code is compiled, buffers are allocated and the engine's arena has grown.
  for (let index = 0; index < warmUp; index++) {
    await block(ours);
    await block(peer);
  }
  for (let index = 0; index < blocks; index++) {
    // Who begins alternates, so that neither always follows the other's garbage.
    const order = index % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours'];
    for (const side of order) times[side].push(await block(side === 'ours' ? ours : peer));
  }
  return { ours: median(times.ours), peer: median(times.peer) };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Pseudo-random numbers in [0, 1); only their spread matters here. */
export function noise(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Hands a suite's rows to main.mjs. Each has `name` and `goal`; what is compared with the goal is `value` if given, else
 * `ours / peer`, or without a peer `ours`, at most the goal; with `speedup` it is `peer / ours`, at least the goal; without a goal it is
 * only shown. A row
 * with `skipped` gives the reason why it was not measured.
 */
export function report(rows) {
  console.log(JSON.stringify(rows.map(withValue)));
}

function withValue({ speedup = false, ...row }) {
  if (row.skipped !== undefined) return row;
  const { ours, peer } = row;
  const ratio = peer === undefined ? ours : speedup ? peer / ours : ours / peer;
  return { value: ratio, ...row, speedup };
}

/** Session options of the peers: those of the backend, so that only the graph and the wrapper differ. */
export const sessionOptions = (threads) => ({
  executionProviders: ['cpu'],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});

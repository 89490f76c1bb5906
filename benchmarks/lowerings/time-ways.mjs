import ort from 'onnxruntime-node';
import { sessionOptions } from '../timing.mjs';
import { writeGraph } from './write-graph.mjs';

/**
 * Opens one way to compute something, and checks that it gives what the first way gave.
 *
 * @returns nothing where the way does not apply to the shape.
 */
export async function openWay(shape, way, threads) {
  const graph = writeGraph();
  const result = way(graph, shape);
  if (result === undefined) return undefined;
  const session = await ort.InferenceSession.create(
    graph.finish(shape.inputs, result),
    sessionOptions(threads),
  );
  const feeds = feedsOf(shape);
  const { y } = await session.run(feeds);
  shape.expected ??= y.data;
  const largest = shape.expected.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0);
  const wrong = shape.expected.findIndex(
    (value, index) => !(Math.abs(value - y.data[index]) <= 1e-4 * largest),
  );
  if (wrong >= 0 || y.data.length !== shape.expected.length) {
    throw new Error(
      `${shape.label}: ${way.name} differs at ${wrong}, got ${y.data[wrong]}.\nExpected ${shape.expected[wrong]}.`,
    );
  }
  // A result of its own in each run would be page faults more than work.
  const fetches = { y: new ort.Tensor('float32', new Float32Array(y.data.length), y.dims) };
  return { run: () => session.run(feeds, fetches), release: () => session.release() };
}

/** Milliseconds per run of each way, least over rounds in which the ways take turns: what else the machine does only adds. */
export async function timeWays(opened, rounds) {
  const times = opened.map(() => []);
  const calls = [];
  for (const way of opened) {
    if (way === undefined) continue;
    const began = performance.now();
    for (let call = 0; call < 3; call++) await way.run();
    calls.push(Math.ceil(20 / ((performance.now() - began) / 3)));
  }
  const perRound = Math.max(2, Math.min(50, ...calls));
  for (let round = 0; round < rounds; round++) {
    for (const [index, way] of opened.entries()) {
      if (way === undefined) continue;
      const began = performance.now();
      for (let call = 0; call < perRound; call++) await way.run();
      times[index].push((performance.now() - began) / perRound);
    }
  }
  for (const way of opened) await way?.release();
  return times.map((list) => (list.length === 0 ? undefined : Math.min(...list)));
}

function feedsOf({ inputs, ties = false }) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, dims]) => {
      const length = dims.reduce((product, size) => product * size, 1);
      // Few values make ties, which pooling must resolve.
      const data = Float32Array.from({ length }, () => (ties ? Math.round(next() * 4) : next()));
      return [name, new ort.Tensor('float32', data, dims)];
    }),
  );
}

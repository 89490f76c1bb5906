import type { RandomKey } from '@etalon/compiler';
import {
  add,
  drawBernoulli,
  drawNormal,
  drawUniform,
  foldIn,
  foldInString,
  gather,
  gelu,
  mul,
  nameScope,
  prepare,
  randomBernoulli,
  randomKey,
  randomNormal,
  randomUniform,
  reduceSum,
  scan,
  sub,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import type { BackendV1, HostTensor, RunInputs } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../../compiler/test/caught.ts';
import { manifestWithout } from '../../../compiler/test/manifests.ts';
import { randomPrograms } from '../../../compiler/test/random-program.ts';
import { createReferenceBackend, evaluateProgram } from '../../src/index.ts';
import { toHostTensor } from '../../src/tensor.ts';
import { hostTensor } from '../tensors.ts';
import { createGuardedBackend, readAll } from './guarded-backend.ts';

const drawing = traceProgram('drawing', { x: tensor('float32', ['n']) }, ({ x }) => ({
  x,
  uniform: nameScope('a', () => randomUniform(['n', 3], { low: -2, high: 5 })),
  normal: nameScope('a', () => randomNormal([4, 'n'])),
  again: nameScope('a', () => randomNormal([4, 'n'])),
  kept: nameScope('dropout_1', () => randomBernoulli(['n'], { probability: 0.3 })),
}));

async function draws(
  key: RandomKey,
  iteration?: readonly number[],
  n = 5,
): Promise<Readonly<Record<string, HostTensor['data']>>> {
  const prepared = await prepare(drawing, createReferenceBackend());
  const x = hostTensor(new Array(n).fill(0));
  const outputs = await readAll(await prepared.run({ x }, { key, iteration }));
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
}

describe('random draws of a prepared program', () => {
  const key = randomKey(42);

  it.each<[string, readonly number[]]>([
    ['the stream', []],
    ['the stream and the step', [7]],
    ['the stream, the epoch and the step', [2, 7]],
  ])('are those of the key folded with %s', async (_, iteration) => {
    const keyOf = (stream: string) =>
      iteration.reduce((folded, index) => foldIn(folded, index), foldInString(key, stream));
    const { x: _x, ...drawn } = await draws(key, iteration);
    expect(drawn).toEqual({
      uniform: drawUniform(keyOf('a › uniform'), 15, { low: -2, high: 5 }),
      normal: drawNormal(keyOf('a › normal'), 20),
      again: drawNormal(keyOf('a › normal 2'), 20),
      kept: drawBernoulli(keyOf('dropout_1 › bernoulli'), 5, { probability: 0.3 }),
    });
  });

  it('are equal for one key and iteration, and differ for others', async () => {
    const [first, same, otherKey, otherStep] = await Promise.all([
      draws(key, [1]),
      draws(key, [1]),
      draws(randomKey(43), [1]),
      draws(key, [2]),
    ]);
    expect(same).toEqual(first);
    expect(otherKey?.normal).not.toEqual(first?.normal);
    expect(otherStep?.normal).not.toEqual(first?.normal);
  });

  it('are the same for steps of a loop as for single steps', async () => {
    const step = () => nameScope('noise', () => randomNormal([2]));
    const single = traceProgram('single', {}, () => ({ draw: step() }));
    const three = traceProgram('three', {}, () => ({
      draws: scan(() => ({ carried: {}, stacked: step() }), {
        carried: {},
        length: 3,
        draws: 'advance',
      }).stacked,
    }));
    const backend = createReferenceBackend();
    const one = await prepare(single, backend);
    const all = await prepare(three, backend);
    const options = { key, iteration: [3, 10] };
    const together = await readAll(await all.run({}, options));
    for (const offset of [0, 1, 2]) {
      const alone = await readAll(await one.run({}, { key, iteration: [3, 10 + offset] }));
      const own = together.draws?.data.slice(2 * offset, 2 * offset + 2);
      expect(own).toEqual(alone.draw?.data);
    }
    expect(await rejection(all.run({}, { key }))).toMatchObject({
      name: 'AttributeError',
      code: 'RANDOM_ITERATION_MISSING',
      message:
        'three: a draw is for the steps of a loop and no iteration was passed, got stream "noise › normal".\nFix: run(inputs, { key, iteration: [step] }).',
    });
  });

  it('need no key where only a body has them and nothing uses them', async () => {
    const unused = traceProgram('unused', { x: tensor('float32', []) }, ({ x }) => ({
      x: scan(
        (a: typeof x) => {
          mul(a, randomNormal([]));
          return { carried: add(a, 1), stacked: {} };
        },
        { carried: x, length: 3 },
      ).carried,
    }));
    const quiet = await prepare(unused, createReferenceBackend());
    const x = { dtype: 'float32', shape: [], data: Float32Array.of(1) } as const;
    expect((await readAll(await quiet.run({ x }))).x?.data).toEqual(Float32Array.of(4));
  });

  it('may be empty', async () => {
    const drawn = await draws(key, [], 0);
    expect(Object.values(drawn).map(({ length }) => length)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('prepared programs', () => {
  it('give what the definitions say', async () => {
    await fc.assert(
      fc.asyncProperty(randomPrograms(), async ({ program, inputs }) => {
        const { backend } = createGuardedBackend();
        const prepared = await prepare(program, backend);
        const expected = Object.entries(evaluateProgram(program, inputs)).map(([name, result]) => [
          name,
          toHostTensor(result),
        ]);
        expect(await readAll(await prepared.run(inputs))).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 200, seed: 61 },
    );
  });

  it('run on a backend that lacks composite operators', async () => {
    const reference = createReferenceBackend();
    const poor: BackendV1 = { ...reference, name: 'poor', manifest: manifestWithout('gelu') };
    const program = traceProgram('model', { x: tensor('float32', ['n']) }, ({ x }) => ({
      y: gelu(x),
    }));
    const prepared = await prepare(program, poor);
    expect((await prepared.placement()).map(({ path }) => path)).toContain('gelu › erf');
    const { y } = await readAll(await prepared.run({ x: hostTensor([-1, 0, 2]) }));
    // x·Φ(x), with Φ(-1) = 0.158655254 and Φ(2) = 0.977249868
    const expected = [-0.158655254, 0, 1.954499736];
    y?.data.forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 6);
    });
  });

  it('consume aliased inputs, and let state go round', async () => {
    const program = traceProgram(
      'training',
      { state: tensor('float32', [2]), x: tensor('float32', ['n', 2]) },
      ({ state, x }) => ({
        state: sub(state, mul(0.5, reduceSum(x, { axes: 0 }))),
        loss: reduceSum(mul(x, state)),
      }),
    );
    const { backend, compiled } = createGuardedBackend();
    const prepared = await prepare(program, backend, { aliases: { state: 'state' } });
    expect(compiled[0]?.options).toEqual({ aliases: { state: 'state' } });
    const x = hostTensor([1, 2, 3, 4], [2, 2]);
    let { state } = await prepared.run({ state: hostTensor([10, 20]), x });
    const history = [state];
    for (const batch of [x, hostTensor([], [0, 2]), x]) {
      if (state === undefined) throw new RangeError('no state');
      ({ state } = await prepared.run({ state, x: batch }));
      history.push(state);
    }
    expect((await history.at(-1)?.read())?.data).toEqual(Float32Array.of(10 - 6, 20 - 9));
    for (const earlier of history.slice(0, -1)) {
      expect(await rejection(earlier?.read() ?? Promise.resolve())).toMatchObject({
        name: 'DisposedError',
      });
    }
  });

  it('leave inputs that are not aliased alone, also where sizes are 0', async () => {
    const program = traceProgram('model', { x: tensor('float32', ['n']) }, ({ x }) => ({
      y: mul(x, 2),
    }));
    const prepared = await prepare(program, createReferenceBackend());
    for (const data of [[1, 2], []]) {
      const { y } = await prepared.run({ x: hostTensor(data) });
      if (y === undefined) throw new RangeError('no output');
      await prepared.run({ x: y });
      expect([...(await y.read()).data]).toEqual(data.map((value) => 2 * value));
    }
  });

  it('check indices on the host, by the sizes of the run', async () => {
    const program = traceProgram(
      'model',
      { table: tensor('float32', ['v', 2]), at: tensor('int32', ['n']) },
      ({ table, at }) => ({ rows: nameScope('embedding_1', () => gather(table, at)) }),
    );
    const prepared = await prepare(program, createReferenceBackend());
    const run = (rows: number, ...indices: number[]) => {
      const inputs: RunInputs = {
        table: hostTensor(new Array(rows * 2).fill(1), [rows, 2]),
        at: { dtype: 'int32', shape: [indices.length], data: Int32Array.from(indices) },
      };
      return prepared.run(inputs);
    };
    expect((await run(3, 2, 0)).rows?.shape).toEqual([2, 2]);
    expect(await rejection(run(2, 2, 0))).toMatchObject({
      name: 'DataError',
      code: 'INDEX_OUT_OF_RANGE',
      message:
        'model › input "at": an index is out of range for embedding_1 › gather, got 2 at [0].\nExpected 0 … 1.',
    });
    expect((await run(0)).rows?.shape).toEqual([0, 2]);
    expect(await rejection(run(0, 0))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_RUN_SIZES',
    });
  });

  it('free all executables', async () => {
    const program = traceProgram(
      'model',
      { x: tensor('float32', ['n']), s: tensor('float32', [2]) },
      ({ x, s }) => ({ y: add(reduceSum(x), s) }),
    );
    const { backend, live } = createGuardedBackend();
    const prepared = await prepare(program, backend);
    await prepared.run({ x: hostTensor([]), s: hostTensor([1, 2]) });
    expect(live()).toBe(2);
    prepared.dispose();
    await Promise.resolve();
    expect(live()).toBe(0);
  });
});

import type { Tensor } from '@etalon/compiler';
import { add, flattenTree, gather, mul, randomKey, reduceSum, tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import type { HostTensor } from '@etalon/spec';
import { BackendError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import {
  adversaryStep,
  adversarySteps,
  firstAdversaries,
  realBatch,
  realPoints,
} from '../../test/support/adversaries.ts';
import { countingBackend } from '../../test/support/counting-backend.ts';
import { rejected } from '../../test/support/errors.ts';
import { bitsOf, floats, integers } from '../../test/support/tensors.ts';
import { defineProgram } from '../model/define-program.ts';
import { isHostTensor } from '../model/tensor-leaves.ts';

const key = randomKey(7);
const treeBits = (tree: unknown) => bitsOf(Object.fromEntries(flattenTree(tree, isHostTensor)));
const numbers = ({ data }: HostTensor): readonly number[] => [...data];

// Two networks of four parameters, two slots for each of one and one for each of the other, two steps.
const stateTensors = 4 + 4 + 2 * 4 + 4 + 2;

describe('a loop over a program', () => {
  it('carries the state of two models and two optimizers as single runs would', async () => {
    const real = realPoints(6);
    const backend = countingBackend();
    const loop = await adversaryStep.prepareLoop(backend, { state: firstAdversaries() });
    const losses: number[] = [];
    for (let index = 0; index < 6; index++) {
      const outputs = await loop.run({ real: realBatch(real, index) }, { key, iteration: [index] });
      expect(Object.keys(outputs)).toEqual(['loss']);
      losses.push(...numbers(outputs.loss));
      // what was returned is on the host
      expect(backend.live.size).toBe(stateTensors);
    }
    const { state } = await loop.state();
    const runnable = await adversaryStep.prepare(createReferenceBackend());
    let current: unknown = firstAdversaries();
    const expected: number[] = [];
    for (let index = 0; index < 6; index++) {
      const draws = { key, iteration: [index] };
      const inputs = { state: current, real: realBatch(real, index) };
      const next = await runnable.run(inputs as never, draws);
      current = next.state;
      expected.push(...numbers(await next.loss.read()));
    }
    expect(losses).toEqual(expected);
    const leaves = flattenTree(current, (leaf): leaf is { read(): Promise<HostTensor> } =>
      Object.hasOwn(Object.getPrototypeOf(leaf), 'read'),
    );
    const read = leaves.map(async ([path, leaf]) => [path, await leaf.read()] as const);
    expect(treeBits(state)).toEqual(bitsOf(Object.fromEntries(await Promise.all(read))));
    expect(numbers(state.maker.step)).toEqual([6]);
    expect(treeBits(state)).not.toEqual(treeBits(firstAdversaries()));
  });

  it.each([[[6]], [[1, 2, 3]], [[4, 2]]])(
    'makes the bits of single steps when a run scans over many (%j)',
    async (lengths) => {
      const backend = createReferenceBackend();
      const real = realPoints(6);
      const one = await adversaryStep.prepareLoop(backend, { state: firstAdversaries() });
      const losses: number[] = [];
      for (let index = 0; index < 6; index++) {
        const inputs = { real: realBatch(real, index) };
        losses.push(...numbers((await one.run(inputs, { key, iteration: [index] })).loss));
      }
      const many = await adversarySteps.prepareLoop(backend, { state: firstAdversaries() });
      const scanned: number[] = [];
      for (const length of lengths) {
        const at = scanned.length;
        const rows = numbers(real).slice(at * 16, (at + length) * 16);
        const inputs = { real: floats(rows, [length, 8, 2]) };
        scanned.push(...numbers((await many.run(inputs, { key, iteration: [at] })).loss));
      }
      expect(scanned).toEqual(losses);
      expect(treeBits(await many.state())).toEqual(treeBits(await one.state()));
    },
  );
});

// Doubles and adds: the order of runs shows in the result.
const total = defineProgram(
  { total: tensor('float32', []), x: tensor('float32', []) },
  (inputs) => {
    const next = add(mul(inputs.total, 2), inputs.x);
    return { total: next, seen: { before: inputs.total } };
  },
  { name: 'total' },
);
const scalar = (value: number): HostTensor => floats([value], []);

async function totalOf(loop: { state(): Promise<{ readonly total: HostTensor }> }) {
  return numbers((await loop.state()).total)[0];
}

describe('runs of a loop', () => {
  it('queue in the order of their calls, and let the state be read between them', async () => {
    const backend = countingBackend();
    backend.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 1));
    const loop = await total.prepareLoop(backend, { total: scalar(1) });
    const before: number[] = [];
    const run = async (x: number) => {
      const { seen } = await loop.run({ x: scalar(x) });
      before.push(...numbers(seen.before));
    };
    await Promise.all([run(10), run(20), run(30)]);
    expect(before).toEqual([1, 12, 44]);
    expect(await totalOf(loop)).toBe(118);
    await Promise.all([run(0), loop.restore({ total: scalar(-1) }), run(5)]);
    expect(before.slice(3)).toEqual([118, -1]);
    expect(await totalOf(loop)).toBe(3);
  });

  it('leave the state as it was when they are aborted or refused', async () => {
    const backend = countingBackend();
    const loop = await total.prepareLoop(backend, { total: scalar(1) });
    await loop.run({ x: scalar(1) });
    const signal = { aborted: false, reason: new Error('enough') };
    backend.beforeRun = () => {
      signal.aborted = true;
    };
    // the first has begun when the signal is raised
    const [begun, queued] = [
      loop.run({ x: scalar(2) }, { signal }),
      loop.run({ x: scalar(3) }, { signal }),
    ];
    expect(numbers((await begun).seen.before)).toEqual([3]);
    await expect(queued).rejects.toBe(signal.reason);
    expect(await rejected(loop.run({ x: floats([1, 2]) }))).toMatchObject({ name: 'ShapeError' });
    expect(await rejected(loop.run({} as never))).toMatchObject({ code: 'INPUT_MISSING' });
    expect(await totalOf(loop)).toBe(8);
    expect(backend.numRuns).toBe(2);
    expect(backend.live.size).toBe(1);
  });

  it('go on after a failure that leaves the state', async () => {
    const backend = countingBackend();
    const loop = await total.prepareLoop(backend, { total: scalar(1) });
    await loop.run({ x: scalar(1) });
    const failure = new BackendError('BACKEND_RUN_FAILED', 'out of memory');
    backend.beforeRun = () => {
      backend.beforeRun = () => undefined;
      throw failure;
    };
    await expect(loop.run({ x: scalar(2) })).rejects.toBe(failure);
    await loop.run({ x: scalar(4) });
    expect(await totalOf(loop)).toBe(10);
  });

  it('say that the state is lost after a failure that takes it, until it is restored', async () => {
    const backend = countingBackend();
    const loop = await total.prepareLoop(backend, { total: scalar(1) });
    await loop.run({ x: scalar(1) });
    const failure = new BackendError('BACKEND_RUN_FAILED', 'the device is gone');
    backend.beforeRun = () => {
      for (const tensor of backend.live) tensor.dispose();
      throw failure;
    };
    await expect(loop.run({ x: scalar(2) })).rejects.toBe(failure);
    backend.beforeRun = () => undefined;
    const lost = {
      name: 'TrainingError',
      code: 'LOOP_STATE_LOST',
      message:
        'loop of "total": there is no state, got a run that failed and took it along.\nFix: restore() a state that state() returned, or prepare the loop again.',
      cause: failure,
    };
    expect(await rejected(loop.run({ x: scalar(2) }))).toMatchObject(lost);
    expect(await rejected(loop.state())).toMatchObject(lost);
    await loop.restore({ total: scalar(20) });
    await loop.run({ x: scalar(2) });
    expect(await totalOf(loop)).toBe(42);
  });

  it('end with dispose, after what runs', async () => {
    const backend = countingBackend();
    const loop = await total.prepareLoop(backend, { total: scalar(1) });
    backend.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 1));
    const [first, second] = [loop.run({ x: scalar(1) }), loop.run({ x: scalar(2) })];
    loop.dispose();
    loop.dispose();
    const disposed = { name: 'DisposedError', code: 'LOOP_DISPOSED' };
    expect(numbers((await first).seen.before)).toEqual([1]);
    expect(await rejected(second)).toMatchObject(disposed);
    expect(await rejected(loop.state())).toMatchObject({
      ...disposed,
      message: 'loop of "total": state() was called, or still ran, after dispose().',
    });
    expect(await rejected(loop.restore({ total: scalar(1) }))).toMatchObject(disposed);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(backend.live.size).toBe(0);
    expect(backend.programs).toEqual([]);
  });

  it('gather rows of what was placed on the device', async () => {
    const sums = defineProgram(
      {
        total: tensor('float32', []),
        data: { x: tensor('float32', ['rows', 2]) },
        indices: tensor('int32', ['batch']),
      },
      ({ total: before, data, indices }) => ({
        total: add(before, reduceSum(gather(data.x, indices))),
      }),
    );
    const backend = countingBackend();
    const loop = await sums.prepareLoop(backend, { total: scalar(0) });
    const x = await loop.upload('data/x', floats([1, 2, 10, 20, 100, 200], [3, 2]));
    expect(await loop.run({ data: { x }, indices: integers(0, 2) })).toEqual({});
    await loop.run({ data: { x }, indices: integers(1) });
    expect(await totalOf(loop)).toBe(333);
    expect(backend.live.size).toBe(2);
    expect(await loop.placement()).toHaveLength(loop.program.nodes.length);
  });
});

describe('prepareLoop', () => {
  const backend = createReferenceBackend();
  const vector = tensor('float32', [2]);
  const program = defineProgram({ a: { b: vector, c: vector }, x: vector }, ({ a, x }) => ({
    a: { b: add(a.b, x), c: a.c },
    y: x as Tensor,
  }));
  const prepare = (first: unknown) => rejected(program.prepareLoop(backend, first as never));
  const ones = floats([1, 1]);

  it.each([
    [{}, 'the state must be inputs of the program, got none.\nExpected ["a","x"].'],
    [{ z: ones }, 'the state must be inputs of the program, got "z".\nExpected ["a","x"].'],
    [
      { x: ones },
      'every part of the state must come back, got no output "x".\nFix: return the next state under the names of the inputs.',
    ],
    [{ a: { b: ones } }, '"a/c" must be float32[2], got none.'],
    [{ a: { b: ones, c: floats([1]) } }, '"a/c" must be float32[2], got float32[1].'],
    [{ a: { b: ones, c: integers(1, 2) } }, '"a/c" must be float32[2], got int32[2].'],
    [
      { a: { b: ones, c: ones, d: ones } },
      'there is no such state, got "a/d".\nExpected ["a/b","a/c"].',
    ],
  ])('refuses what is not the state of the program (case %#)', async (first, message) => {
    expect(await prepare(first)).toMatchObject({
      name: 'DataError',
      code: 'LOOP_STATE',
      message: `loop of "program": ${message}`,
    });
  });

  it('refuses a state that comes back as something else', async () => {
    const grows = defineProgram({ a: vector }, ({ a }) => ({ a: reduceSum(a) }));
    expect(await rejected(grows.prepareLoop(backend, { a: ones }))).toMatchObject({
      code: 'ALIAS_TYPE',
    });
  });

  it('refuses the state among the inputs of a run, and another state', async () => {
    const first = { a: { b: ones, c: ones } };
    const loop = await program.prepareLoop(backend, first);
    // @ts-expect-error: the state is no input of a run
    const given = loop.run({ a: first.a, x: ones });
    expect(await rejected(given)).toMatchObject({
      code: 'LOOP_STATE',
      message:
        'loop of "program": the state is no input of a run, got "a/b".\nFix: leave it out, or restore() it before.',
    });
    // @ts-expect-error: half of the state is none
    expect(await rejected(loop.restore({ a: { b: ones } }))).toMatchObject({ code: 'LOOP_STATE' });
    await loop.run({ x: ones });
    expect(numbers((await loop.state()).a.b)).toEqual([2, 2]);
    // @ts-expect-error: the state is not among the outputs
    expect((await loop.run({ x: ones })).a).toBeUndefined();
  });
});

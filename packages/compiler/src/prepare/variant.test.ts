import { describe, expect, it } from 'vitest';
import { rejection } from '../../test/caught.ts';
import { createFakeBackend, fakeTensor } from '../../test/fake-backend.ts';
import { labels, preparedOn, layerProgram as program, zeros } from '../../test/prepared-program.ts';
import {
  add,
  constant,
  gelu,
  matmul,
  mul,
  prepare,
  reduceSum,
  tensor,
  traceProgram,
} from '../index.ts';

describe('programs with empty values', () => {
  const empty = { x: zeros([0, 3]), label: labels(), state: zeros([3, 4]) };

  it('run on a variant without them, compiled once', async () => {
    const { fake, prepared } = await preparedOn();
    const [first, second] = await Promise.all([prepared.run(empty), prepared.run(empty)]);
    await prepared.run(empty);
    expect(fake.executables).toHaveLength(2);
    expect(fake.executables[1]?.program.inputs.map(({ name }) => name)).toEqual(['state']);
    expect(fake.executables[1]?.program.outputs.map(({ name }) => name)).toEqual(['state']);
    expect(fake.executables[1]?.runs.map((run) => Object.keys(run.inputs))).toEqual([
      ['state'],
      ['state'],
      ['state'],
    ]);
    expect(await first?.hidden?.read()).toEqual(zeros([0, 4]));
    expect(second?.hot?.shape).toEqual([0, 4]);
  });

  it('are answered without an engine where nothing is left to compute', async () => {
    const plain = traceProgram('model', { x: tensor('float32', ['n']) }, ({ x }) => ({
      y: gelu(x),
      total: reduceSum(x),
    }));
    const { fake, prepared } = await preparedOn(plain);
    const outputs = await prepared.run({ x: zeros([0]) });
    expect(fake.executables).toHaveLength(1);
    expect(await outputs.y?.read()).toEqual(zeros([0]));
    expect(await outputs.total?.read()).toEqual(zeros([]));
  });

  it('do not trouble the engine when the size is written into the program', async () => {
    const fixed = traceProgram('model', { x: tensor('float32', ['n', 0]) }, ({ x }) => ({
      y: add(reduceSum(x, { axes: 1 }), 0),
      z: matmul(x, constant({ dtype: 'float32', shape: [0, 2], data: new Float32Array() })),
    }));
    const { fake, prepared } = await preparedOn(fixed);
    expect(fake.executables).toHaveLength(0);
    expect(await prepared.placement()).toEqual([]);
    const outputs = await prepared.run({ x: zeros([3, 0]) });
    expect(outputs.z?.shape).toEqual([3, 2]);
    expect(fake.executables[0]?.program.values.some(({ shape }) => shape.includes(0))).toBe(false);
  });

  it('hold a result that can be read, disposed, and not read again', async () => {
    const { prepared } = await preparedOn();
    const { hidden } = await prepared.run(empty);
    hidden?.dispose();
    hidden?.dispose();
    expect(await rejection(hidden?.read() ?? Promise.resolve())).toMatchObject({
      name: 'DisposedError',
      code: 'TENSOR_DISPOSED',
    });
  });

  it('give results that can be passed on, and are consumed where aliased', async () => {
    const chained = traceProgram('model', { s: tensor('float32', ['n']) }, ({ s }) => ({
      s: mul(s, 2),
    }));
    const { backend } = createFakeBackend();
    const prepared = await prepare(chained, backend, { aliases: { s: 's' } });
    const { s: first } = await prepared.run({ s: zeros([0]) });
    if (first === undefined) throw new RangeError('no output');
    const { s: second } = await prepared.run({ s: first });
    expect(second?.shape).toEqual([0]);
    expect(await rejection(first.read())).toMatchObject({ code: 'TENSOR_DISPOSED' });
    expect(await rejection(prepared.run({ s: first }))).toMatchObject({ code: 'TENSOR_DISPOSED' });
  });

  it('borrow results that are not aliased', async () => {
    const { prepared } = await preparedOn();
    const { hidden } = await prepared.run(empty);
    const doubled = await preparedOn(
      traceProgram('model', { x: tensor('float32', ['n', 4]) }, ({ x }) => ({ y: mul(x, 2) })),
    );
    if (hidden === undefined) throw new RangeError('no output');
    await doubled.run({ x: hidden });
    expect(await hidden.read()).toEqual(zeros([0, 4]));
  });

  it('consume an aliased input that the variant has no use for', async () => {
    const update = traceProgram(
      'model',
      { s: tensor('float32', [2]), x: tensor('float32', ['n', 2]) },
      ({ s, x }) => ({ s: add(reduceSum(mul(x, s), { axes: 0 }), 1) }),
    );
    const { backend, executables } = createFakeBackend();
    const prepared = await prepare(update, backend, { aliases: { s: 's' } });
    const s = fakeTensor('float32', [2]);
    await prepared.run({ s, x: zeros([0, 2]) });
    expect(executables[1]?.options).toEqual({ aliases: {} });
    expect(executables[1]?.program.inputs).toEqual([]);
    expect(s.isDisposed()).toBe(true);
  });

  it('try again after a variant did not compile', async () => {
    const fake = createFakeBackend();
    const { prepared } = await preparedOn(program, fake);
    fake.gate = Promise.reject(new Error('engine is busy'));
    expect(await rejection(prepared.run(empty))).toMatchObject({ message: 'engine is busy' });
    await prepared.run(empty);
    expect(fake.executables).toHaveLength(2);
  });

  it('keep a limited number of variants', async () => {
    const named = traceProgram(
      'model',
      { x: tensor('float32', ['n', 'm']), s: tensor('float32', ['m']) },
      ({ x, s }) => ({ y: reduceSum(x, { axes: 0 }), s: mul(s, 2) }),
    );
    const { fake, prepared } = await preparedOn(named);
    for (let m = 1; m <= 40; m++) await prepared.run({ x: zeros([0, m]), s: zeros([m]) });
    expect(fake.executables).toHaveLength(41);
    const disposed = fake.executables.map(({ isDisposed }) => isDisposed);
    expect(disposed.slice(0, 1)).toEqual([false]);
    expect(disposed.slice(1, 9)).toEqual(new Array(8).fill(true));
    expect(disposed.slice(9)).toEqual(new Array(32).fill(false));
    prepared.dispose();
    await Promise.resolve();
    expect(fake.executables.every(({ isDisposed }) => isDisposed)).toBe(true);
  });

  it('are disposed with the program, also while a variant is being compiled', async () => {
    const fake = createFakeBackend();
    const { prepared } = await preparedOn(program, fake);
    let open = (): void => undefined;
    fake.gate = new Promise((resolve) => {
      open = resolve;
    });
    const running = prepared.run(empty);
    prepared.dispose();
    open();
    await running;
    await Promise.resolve();
    expect(fake.executables.map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
    // the run was accepted before
    expect(fake.executables[1]?.runs).toHaveLength(1);
  });
});

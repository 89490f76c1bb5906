import type { HostTensor, RunInputs } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../test/caught.ts';
import { createFakeBackend, fakeTensor } from '../../test/fake-backend.ts';
import {
  layerInputs as inputs,
  labels,
  preparedOn,
  layerProgram as program,
  zeros,
} from '../../test/prepared-program.ts';
import { denseProgram } from '../../test/sample-programs.ts';
import {
  add,
  nameScope,
  randomKey,
  randomNormal,
  randomUniform,
  relu,
  slice,
  tensor,
  traceProgram,
} from '../index.ts';

describe('run', () => {
  it('hands the inputs to the engine as they are, before it returns', async () => {
    const { fake, prepared } = await preparedOn();
    const signal = { aborted: false, reason: undefined };
    const running = prepared.run(inputs, { signal });
    expect(fake.executables[0]?.runs).toEqual([{ inputs, options: { signal } }]);
    expect(fake.executables[0]?.runs[0]?.inputs).toBe(inputs);
    expect(Object.keys(await running)).toEqual(['hidden', 'hot', 'state']);
  });

  it('queues runs in the order of the calls, drawn inputs or not', async () => {
    const { fake, prepared } = await preparedOn(denseProgram());
    const x = [zeros([1, 2, 2]), zeros([2, 2, 2]), zeros([3, 2, 2])] as const;
    const rest = { 'parameters/kernel': zeros([4, 3]) };
    const options = { key: randomKey(1) };
    await Promise.all(x.map((each) => prepared.run({ x: each, ...rest }, options)));
    expect(fake.executables[0]?.runs.map((run) => run.inputs.x)).toEqual(x);
  });

  it.each<[string, RunInputs, string, string, string]>([
    [
      'an unknown input',
      { ...inputs, labels: labels(1) },
      'DataError',
      'INPUT_UNKNOWN',
      'model: there is no such input, got "labels".\nExpected ["x","label","state"].',
    ],
    [
      'a missing input',
      { x: inputs.x, label: inputs.label },
      'DataError',
      'INPUT_MISSING',
      'model › input "state": no tensor was passed, got ["x","label"].\nExpected one tensor for each of ["x","label","state"].',
    ],
    [
      'another dtype',
      { ...inputs, label: zeros([2]) },
      'DTypeError',
      'DTYPE_INPUT',
      'model › input "label": the dtype must be int32, got float32.',
    ],
    [
      'data in another kind of array',
      { ...inputs, x: { ...inputs.x, data: new Float64Array(6) } as unknown as HostTensor },
      'DTypeError',
      'DTYPE_INPUT_DATA',
      'model › input "x": the data of a float32 tensor must be in a Float32Array, got Float64Array.',
    ],
    [
      'data that is no array',
      { ...inputs, x: { ...inputs.x, data: undefined } as unknown as HostTensor },
      'DTypeError',
      'DTYPE_INPUT_DATA',
      'model › input "x": the data of a float32 tensor must be in a Float32Array, got Undefined.',
    ],
    [
      'too little data',
      { ...inputs, x: { dtype: 'float32', shape: [2, 3], data: new Float32Array(5) } },
      'ShapeError',
      'SHAPE_DATA_LENGTH',
      'model › input "x": the data does not fill the shape, got 5 elements for [2, 3].',
    ],
    [
      'a size below 0',
      { ...inputs, x: { dtype: 'float32', shape: [-2, -3], data: new Float32Array(6) } },
      'ShapeError',
      'SHAPE_DATA_LENGTH',
      'model › input "x": the data does not fill the shape, got 6 elements for [-2, -3].',
    ],
    [
      'another shape',
      { ...inputs, x: zeros([2, 4]) },
      'ShapeError',
      'SHAPE_INPUT_MISMATCH',
      'model › input "x": axis 1 must be 3, got shape [2, 4].\nExpected [batch, 3].',
    ],
    [
      'two batch sizes',
      { ...inputs, label: labels(0, 1, 2) },
      'ShapeError',
      'SHAPE_NAMED_SIZE_CONFLICT',
      'model › input "label": size "batch" is 2 in input "x", got 3 (axis 0 of [3]).\nFix: pass inputs whose "batch" axes are equally long.',
    ],
    [
      'an index out of range',
      { ...inputs, label: labels(0, 4) },
      'DataError',
      'INDEX_OUT_OF_RANGE',
      'model › input "label": an index is out of range for loss › oneHot, got 4 at [1].\nExpected 0 … 3.',
    ],
    [
      'an index below 0',
      { ...inputs, label: labels(-1, 0) },
      'DataError',
      'INDEX_OUT_OF_RANGE',
      'model › input "label": an index is out of range for loss › oneHot, got -1 at [0].\nExpected 0 … 3.',
    ],
  ])('rejects %s without calling the engine', async (_, given, name, code, message) => {
    const { fake, prepared, run } = await preparedOn();
    // once before and once after a run whose shapes are remembered
    expect(await rejection(run(given))).toMatchObject({ name, code, message });
    await prepared.run(inputs);
    expect(await rejection(run(given))).toMatchObject({ name, code, message });
    expect(fake.executables[0]?.runs).toHaveLength(1);
  });

  it('notices a shape that the caller changed in place', async () => {
    const { fake, run } = await preparedOn();
    const shape = [2, 3];
    const given = { ...inputs, x: { ...inputs.x, shape } as HostTensor };
    await run(given);
    shape[1] = 4;
    expect(await rejection(run({ ...given, x: { ...zeros([2, 4]), shape } }))).toMatchObject({
      code: 'SHAPE_INPUT_MISMATCH',
    });
    expect(fake.executables[0]?.runs).toHaveLength(1);
  });

  it('checks sizes at each change, and only then plans anew', async () => {
    const tail = traceProgram('model', { x: tensor('float32', ['n']) }, ({ x }) => ({
      y: slice(x, { starts: [2] }),
    }));
    const { run, fake } = await preparedOn(tail);
    await run({ x: zeros([5]) });
    expect(await rejection(run({ x: zeros([1]) }))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_RUN_SIZES',
    });
    await run({ x: zeros([5]) });
    expect(fake.executables[0]?.runs).toHaveLength(2);
  });

  it('leaves tensors on the device to the engine', async () => {
    const { fake, run } = await preparedOn();
    const label = fakeTensor('int32', [2]);
    await run({ ...inputs, label });
    expect(fake.executables[0]?.runs[0]?.inputs.label).toBe(label);
  });

  it('guards indices also where the backend lacks the operator that they are for', async () => {
    const { run, prepared } = await preparedOn(program, createFakeBackend('oneHot'));
    expect(prepared.program.nodes.map(({ operator }) => operator)).not.toContain('oneHot');
    expect(await rejection(run({ ...inputs, label: labels(0, 4) }))).toMatchObject({
      code: 'INDEX_OUT_OF_RANGE',
      details: { input: 'label', index: 4, limit: 4 },
    });
  });

  it('needs a key only where a draw is used', async () => {
    const noisy = traceProgram('model', { x: tensor('float32', ['n']) }, ({ x }) => {
      const noise = nameScope('noise', () => randomNormal(['n']));
      return { x, sum: add(x, noise) };
    });
    const { run } = await preparedOn(noisy);
    expect(await rejection(run({ x: zeros([2]) }))).toMatchObject({
      name: 'AttributeError',
      code: 'RANDOM_KEY_MISSING',
      message:
        'model: the program draws at random and no key was passed, got draws ["noise › normal"].\nFix: run(inputs, { key: randomKey(42) }).',
    });
    const unused = traceProgram('model', { x: tensor('float32', ['n']) }, ({ x }) => {
      add(x, randomNormal(['n']));
      return { x: relu(x) };
    });
    const { run: quiet, prepared } = await preparedOn(unused);
    await quiet({ x: zeros([2]) });
    expect(prepared.program.inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('rejects a key that is none', async () => {
    const { run } = await preparedOn(denseProgram());
    const given = { x: zeros([1, 2, 2]), 'parameters/kernel': zeros([4, 3]) };
    expect(await rejection(run(given, { key: [1, 2 ** 32] }))).toMatchObject({
      code: 'RANDOM_KEY',
    });
    expect(await rejection(run(given, { key: randomKey(1), iteration: [-1] }))).toMatchObject({
      code: 'RANDOM_FOLD_IN_DATA',
    });
  });

  it('rejects with the reason of an aborted signal, without calling the engine', async () => {
    const { fake, run } = await preparedOn();
    const reason = new Error('stop');
    expect(await rejection(run(inputs, { signal: { aborted: true, reason } }))).toBe(reason);
    const empty = { x: zeros([0, 3]), label: labels(), state: zeros([3, 4]) };
    expect(await rejection(run(empty, { signal: { aborted: true, reason } }))).toBe(reason);
    expect(fake.executables.flatMap(({ runs }) => runs)).toEqual([]);
  });
});

describe('dispose', () => {
  it('frees the executable; later calls reject', async () => {
    const { fake, prepared } = await preparedOn();
    prepared.dispose();
    prepared.dispose();
    expect(fake.executables[0]?.isDisposed).toBe(true);
    const disposed = {
      name: 'DisposedError',
      code: 'PROGRAM_DISPOSED',
      message:
        'model: the prepared program was disposed.\nFix: prepare it again, or dispose it after the last run.',
    };
    expect(await rejection(prepared.run(inputs))).toMatchObject(disposed);
    expect(await rejection(prepared.placement())).toMatchObject(disposed);
  });
});

describe('random inputs', () => {
  it('have the shapes that sizes give', async () => {
    const drawn = traceProgram('model', { x: tensor('float32', ['n', 2]) }, ({ x }) => ({
      y: add(x, randomUniform(['n', 2], { low: 2, high: 3 })),
    }));
    const { fake, prepared } = await preparedOn(drawn);
    for (const n of [1, 4, 1]) {
      await prepared.run({ x: zeros([n, 2]) }, { key: randomKey(3) });
    }
    const draws = fake.executables[0]?.runs.map((run) => run.inputs['random/uniform']);
    expect(draws?.map((draw) => draw?.shape)).toEqual([
      [1, 2],
      [4, 2],
      [1, 2],
    ]);
    expect(draws?.[2]).toEqual(draws?.[0]);
  });
});

import { add, identity, matmul, sin, tensor, traceProgram } from '@etalon/compiler';
import type { DeviceTensorV1 } from '@etalon/spec';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descent, doubling, float32, int32, lookUp, loop } from '../../test/programs.ts';
import type { TfjsBackend } from '../backend.ts';
import { tfjsEngines } from '../manifest.ts';
import { createTfjsBackend } from './create-backend.ts';

async function numbers(tensor: DeviceTensorV1 | undefined): Promise<readonly number[]> {
  return [...((await tensor?.read())?.data ?? [])];
}

const table = float32([4, 2], [0, 1, 2, 3, 4, 5, 6, 7]);
const w = float32([4], [1, 2, 3, 4]);
const gradient = float32([4], [2, 2, 2, 2]);

describe.each(tfjsEngines)('runs on %s', (engine) => {
  let backend: TfjsBackend;
  beforeAll(async () => {
    backend = await createTfjsBackend({ engine });
  });
  afterAll(() => backend.dispose());

  it('hold as many memories after 100 steps as after one, and no tensor of tf', async () => {
    const executable = await backend.compile(descent, { aliases: { w: 'w' } });
    const tensors = tf.memory().numTensors;
    let outputs = await executable.run({ w, gradient });
    const { allocations } = backend.memory();
    for (let step = 0; step < 100; step += 1) {
      const { change, w: next } = outputs;
      change?.dispose();
      outputs = await executable.run({ w: next ?? w, gradient });
      expect(backend.memory().allocations).toBe(allocations);
    }
    expect(await numbers(outputs.w)).toEqual([-100, -99, -98, -97]);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const tensor of Object.values(outputs)) tensor.dispose();
    executable.dispose();
    expect(backend.memory().allocations).toBe(allocations - 3);
  });

  it.each([lookUp, loop])('of $name leave nothing behind when they fail', async (program) => {
    const executable = await backend.compile(program);
    const { allocations } = backend.memory();
    const shape = program === loop ? [3, 1] : [3];
    const wrong = { table, indices: int32(shape, [1, 2, 4]) };
    await expect(executable.run(wrong)).rejects.toMatchObject({
      name: 'BackendError',
      code: 'BACKEND_RUN_FAILED',
      message: expect.stringMatching(
        new RegExp(
          `gather: TensorFlow.js failed on "${engine}", got "index 4 is outside 0 … 3".\nThe inputs are untouched`,
        ),
      ),
      cause: expect.any(RangeError),
    });
    expect(backend.memory().allocations).toBe(allocations);
    const outputs = await executable.run({ table, indices: int32(shape, [1, 2, 0]) });
    expect(await numbers(Object.values(outputs)[0])).toEqual(
      program === loop ? [6, 9] : [4, 6, 8, 10, 0, 2],
    );
    for (const tensor of Object.values(outputs)) tensor.dispose();
    expect(backend.memory().allocations).toBe(allocations);
    executable.dispose();
  });

  it('keep aliased inputs when they fail', async () => {
    const executable = await backend.compile(doubling);
    const { double } = await executable.run({ x: float32([1, 2], [1, 2]) });
    const step = await backend.compile(descent, { aliases: { w: 'w' } });
    await expect(step.run({ w: double ?? w, gradient })).rejects.toMatchObject({
      code: 'SHAPE_INPUT_RANK',
    });
    expect(await numbers(double)).toEqual([2, 4]);
  });

  it('do not hand out the arrays of the caller', async () => {
    const same = traceProgram('same', { x: tensor('float32', [2]) }, ({ x }) => ({
      y: identity(x),
      z: add(x, 0),
    }));
    const executable = await backend.compile(same);
    const x = float32([2], [1, 2]);
    const { y } = await executable.run({ x });
    x.data.fill(9);
    expect(await numbers(y)).toEqual([1, 2]);
  });

  it('give the event loop a turn', async () => {
    const executable = await backend.compile(doubling);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    const until = Date.now() + 2_000;
    while (turns < 2 && Date.now() < until) {
      await executable.run({ x: float32([1, 2], [1, 2]) });
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('read tensors that were uploaded where they lie', async () => {
    const executable = await backend.compile(lookUp);
    const uploaded = await backend.upload(table);
    const { allocations } = backend.memory();
    const outputs = await executable.run({ table: uploaded, indices: int32([1], [3]) });
    expect(await numbers(outputs.rows)).toEqual([12, 14]);
    expect(backend.memory().allocations).toBe(allocations + 2);
    expect(await numbers(uploaded)).toEqual([...table.data]);
    for (const tensor of [uploaded, ...Object.values(outputs)]) tensor.dispose();
  });

  it('say where each node is computed', async () => {
    const program = traceProgram(
      'places',
      { x: tensor('float32', [2, 2]), n: tensor('int32', [2]) },
      ({ x, n }) => ({ product: matmul(x, x), wave: sin(x), sum: add(n, n) }),
    );
    const executable = await backend.compile(program);
    const loops = { kind: 'fallback', device: 'javascript' };
    const native = { kind: 'native', device: engine };
    expect(await executable.placement()).toEqual([
      { operator: 'matmul', path: 'matmul', ...native },
      { operator: 'sin', path: 'sin', ...(engine === 'wasm' ? loops : native) },
      { operator: 'add', path: 'add', ...loops },
    ]);
    const scan = await (await backend.compile(loop)).placement();
    expect(scan.map(({ operator }) => operator)).toEqual([
      'mul',
      'gather',
      'scan',
      'gather',
      'add',
    ]);
  });
});

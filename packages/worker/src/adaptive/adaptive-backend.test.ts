import { createReferenceBackend } from '@etalon/reference';
import type { DeviceTensorV1, ExecutableV1, RunOutputs } from '@etalon/spec';
import { BackendError } from '@etalon/spec';
import { describe, expect, it, vi } from 'vitest';
import type { Setting } from '../../test/adaptive.ts';
import { adaptive } from '../../test/adaptive.ts';
import { channel, connect, counter, doubling, float32 } from '../../test/channel.ts';
import { connectBackend } from '../remote-backend.ts';
import { serveBackend } from '../serve-backend.ts';

const x = float32([1, 1]);
const aliases = { state: 'state' };

async function numbers(tensor: DeviceTensorV1 | undefined): Promise<number[]> {
  return [...((await tensor?.read())?.data ?? [])];
}

function stateOf({ state }: RunOutputs): DeviceTensorV1 {
  if (state === undefined) throw new Error('no state');
  return state;
}

/** Makes an executable of a program that runs in the worker from then on. */
async function moved({ backend, setPace }: Setting, program = counter): Promise<ExecutableV1> {
  const executable = await backend.compile(program, program === counter ? { aliases } : {});
  setPace(60);
  const inputs = program === counter ? { state: x, x } : { x: float32([1, 2], [1, 2]) };
  await executable.run(inputs);
  await executable.run(inputs);
  await vi.waitFor(() => expect(backend.worker).toBeDefined());
  // The worker answers in order: its program is compiled when it has answered this.
  await backend.worker?.upload(x);
  setPace(0);
  return executable;
}

/** Counts the tensors that come and go over an executable's side. */
function counting(): { backend: ReturnType<typeof createReferenceBackend>; uploads: () => number } {
  const backend = createReferenceBackend();
  const upload = vi.spyOn(backend, 'upload');
  return { backend, uploads: () => upload.mock.calls.length };
}

describe('an executable', () => {
  it('stays inline while it is quick, and no worker starts', async () => {
    const { backend, setPace, starts } = adaptive();
    setPace(1.9);
    const executable = await backend.compile(counter, { aliases });
    let outputs = await executable.run({ state: x, x });
    for (let step = 0; step < 10; step += 1) {
      outputs = await executable.run({ state: stateOf(outputs), x });
    }
    expect(await numbers(outputs.state)).toEqual([12, 12]);
    expect(starts()).toBe(0);
    expect(backend.worker).toBeUndefined();
    await backend.dispose();
  });

  it('moves when it is slow, and the state goes with it once', async () => {
    const there = counting();
    const setting = adaptive({ startWorker: () => connect(() => there.backend) });
    const { backend, setPace, starts } = setting;
    const executable = await backend.compile(counter, { aliases });
    setPace(5);
    let outputs = await executable.run({ state: float32([0, 0]), x });
    for (let step = 0; step < 200; step += 1) {
      // The reference runs without waiting, so that nothing would arrive from the worker.
      await new Promise((resolve) => setImmediate(resolve));
      outputs = await executable.run({ state: stateOf(outputs), x });
    }
    expect(await numbers(outputs.state)).toEqual([201, 201]);
    expect(starts()).toBe(1);
    expect(there.uploads()).toBe(1);
    await backend.dispose();
  });

  it('goes on inline where no worker can be had', async () => {
    const { backend, setPace, starts } = adaptive({
      startWorker: () => Promise.reject(new BackendError('BACKEND_WORKER_DIED', 'none here.')),
    });
    const executable = await backend.compile(counter, { aliases });
    setPace(60);
    let outputs = await executable.run({ state: x, x });
    for (let step = 0; step < 5; step += 1) {
      outputs = await executable.run({ state: stateOf(outputs), x });
    }
    expect(await numbers(outputs.state)).toEqual([7, 7]);
    expect(starts()).toBe(1);
    await backend.dispose();
  });

  it('that was disposed while it moved is disposed in the worker too', async () => {
    const setting = adaptive();
    const executable = await setting.backend.compile(counter, { aliases });
    setting.setPace(60);
    await executable.run({ state: x, x });
    await executable.run({ state: x, x });
    executable.dispose();
    await expect(executable.run({ state: x, x })).rejects.toMatchObject({
      code: 'EXECUTABLE_DISPOSED',
    });
    await vi.waitFor(() => expect(setting.backend.worker).toBeDefined());
    await setting.backend.dispose();
  });
});

describe('state that a program in the worker updates', () => {
  it('can be read by one that runs inline, and goes on', async () => {
    const inline = counting();
    const setting = adaptive({ inline: inline.backend });
    const train = await moved(setting);
    const evaluate = await setting.backend.compile(counter);
    const first = await train.run({ state: float32([5, 5]), x });
    const state = stateOf(first);
    const before = inline.uploads();
    for (let batch = 0; batch < 3; batch += 1) {
      const { twice } = await evaluate.run({ state, x });
      expect(await numbers(twice)).toEqual([12, 12]);
    }
    expect(inline.uploads() - before).toBe(1);
    const next = await train.run({ state, x });
    expect(await numbers(next.state)).toEqual([7, 7]);
    // The copy that was made for the other side ends too.
    await expect(evaluate.run({ state, x })).rejects.toMatchObject({ code: 'TENSOR_CONSUMED' });
    await expect(state.read()).rejects.toMatchObject({ code: 'TENSOR_CONSUMED' });
    await setting.backend.dispose();
  });

  it('is consumed in the order of the calls, whichever side they are on', async () => {
    const setting = adaptive();
    const train = await moved(setting);
    const evaluate = await setting.backend.compile(counter);
    const state = stateOf(await train.run({ state: float32([1, 1]), x }));
    const calls = [evaluate.run({ state, x }), train.run({ state, x }), evaluate.run({ state, x })];
    const [before, step, after] = await Promise.allSettled(calls);
    expect(before?.status).toBe('fulfilled');
    expect(step?.status).toBe('fulfilled');
    expect(after).toMatchObject({ status: 'rejected', reason: { code: 'TENSOR_CONSUMED' } });
    await setting.backend.dispose();
  });

  it('may be disposed as soon as a run was called', async () => {
    const setting = adaptive();
    const train = await moved(setting);
    const evaluate = await setting.backend.compile(counter);
    const state = stateOf(await train.run({ state: float32([1, 1]), x }));
    const running = evaluate.run({ state, x });
    state.dispose();
    expect(await numbers((await running).twice)).toEqual([4, 4]);
    await expect(state.read()).rejects.toMatchObject({ code: 'TENSOR_DISPOSED' });
    await setting.backend.dispose();
  });
});

describe('tensors', () => {
  it('that were uploaded serve both sides, given twice too', async () => {
    const there = counting();
    const setting = adaptive({ startWorker: () => connect(() => there.backend) });
    const train = await moved(setting);
    const uploaded = await setting.backend.upload(x);
    const before = there.uploads();
    const plain = await setting.backend.compile(counter);
    expect(await numbers((await plain.run({ state: uploaded, x: uploaded })).state)).toEqual([
      2, 2,
    ]);
    const outputs = await train.run({ state: uploaded, x: uploaded });
    expect(await numbers(outputs.state)).toEqual([2, 2]);
    expect(there.uploads() - before).toBe(1);
    await setting.backend.dispose();
  });

  it('of another backend are refused', async () => {
    const { backend } = adaptive();
    const executable = await backend.compile(doubling);
    const foreign = [await adaptive().backend.upload(x), await createReferenceBackend().upload(x)];
    for (const tensor of foreign) {
      await expect(executable.run({ x: tensor })).rejects.toMatchObject({
        code: 'BACKEND_FOREIGN_TENSOR',
      });
    }
  });
});

describe('signals', () => {
  it('call off a run that waits for its turn, and its inputs live on', async () => {
    const setting = adaptive();
    const train = await moved(setting);
    const evaluate = await setting.backend.compile(counter);
    const state = stateOf(await train.run({ state: x, x }));
    const controller = new AbortController();
    const running = train.run({ state: x, x });
    const waiting = evaluate.run({ state, x }, { signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await running;
    expect(await numbers(state)).toEqual([2, 2]);
    await setting.backend.dispose();
  });
});

describe('dispose', () => {
  it('ends both sides and rejects what waits', async () => {
    const setting = adaptive();
    const { backend } = setting;
    const train = await moved(setting);
    const evaluate = await backend.compile(counter);
    const state = stateOf(await train.run({ state: x, x }));
    const running = train.run({ state: x, x }).catch(() => undefined);
    const waiting = evaluate.run({ state, x });
    const disposed = { code: 'BACKEND_DISPOSED' };
    await Promise.all([backend.dispose(), expect(waiting).rejects.toMatchObject(disposed)]);
    await running;
    await expect(train.run({ state: x, x })).rejects.toMatchObject(disposed);
    await expect(state.read()).rejects.toMatchObject(disposed);
    await expect(backend.worker?.upload(x)).rejects.toMatchObject(disposed);
  });
});

describe('a worker that ended', () => {
  it('takes the tensors that were only there, and no others', async () => {
    const { client, server } = channel();
    serveBackend(server, () => createReferenceBackend());
    const setting = adaptive({ startWorker: () => connectBackend(client) });
    const train = await moved(setting);
    const { backend } = setting;
    const here = await backend.upload(x);
    const gone = stateOf(await train.run({ state: x, x }));
    await server.close();
    const died = { code: 'BACKEND_WORKER_DIED' };
    await expect(train.run({ state: gone, x })).rejects.toMatchObject(died);
    await expect(gone.read()).rejects.toMatchObject(died);
    const plain = await backend.compile(counter);
    expect(await numbers((await plain.run({ state: here, x })).state)).toEqual([2, 2]);
    await backend.dispose();
  });
});

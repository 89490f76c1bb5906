import { describe, expect, it } from 'vitest';
import { doubling, float32 } from '../test/channel.ts';
import { open } from '../test/open.ts';
import { withRuns } from '../test/with-runs.ts';

describe('signals', () => {
  const x = float32([1, 2], [1, 2]);

  /** A backend whose runs wait for `open`, then look at their signal. */
  function gated() {
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    const create = withRuns(async (inner, inputs, options) => {
      await gate;
      if (options?.signal?.aborted === true) throw options.signal.reason;
      begun += 1;
      return inner.run(inputs);
    });
    return { create, release: () => release(), begun: () => begun };
  }

  it('aborted before the call send nothing', async () => {
    const executable = await (await open()).compile(doubling);
    const reason = new Error('enough');
    const running = executable.run({ x }, { signal: AbortSignal.abort(reason) });
    await expect(running).rejects.toBe(reason);
  });

  it('aborted while the run waits call it off, by shared memory', async () => {
    const { create, release, begun } = gated();
    const executable = await (await open(create)).compile(doubling);
    const controller = new AbortController();
    const called = executable.run({ x }, { signal: controller.signal });
    const other = executable.run({ x });
    const reason = new Error('enough');
    controller.abort(reason);
    release();
    await expect(called).rejects.toBe(reason);
    await other;
    expect(begun()).toBe(1);
  });

  it('aborted while the run waits call it off, by message where memory is not shared', async () => {
    const { create, release, begun } = gated();
    const executable = await (await open(create)).compile(doubling);
    const shared = globalThis.SharedArrayBuffer;
    Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
    try {
      const controller = new AbortController();
      const called = executable.run({ x }, { signal: controller.signal });
      const reason = new Error('enough');
      controller.abort(reason);
      setTimeout(release, 20);
      await expect(called).rejects.toBe(reason);
      expect(begun()).toBe(0);
    } finally {
      globalThis.SharedArrayBuffer = shared;
    }
  });

  it('without events are looked at when an answer comes', async () => {
    const backend = await open(
      withRuns(async (inner, inputs, options) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (options?.signal?.aborted === true) throw options.signal.reason;
        return inner.run(inputs);
      }),
    );
    const executable = await backend.compile(doubling);
    const signal = { aborted: false, reason: new Error('enough') };
    const called = executable.run({ x }, { signal });
    signal.aborted = true;
    await backend.upload(x);
    await expect(called).rejects.toBe(signal.reason);
  });
});

import { describe, expect, it } from 'vitest';
import { RunQueue } from './run-queue.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('RunQueue', () => {
  it('starts a task at once when nothing runs', () => {
    let started = false;
    void new RunQueue().add(async () => {
      started = true;
    });
    expect(started).toBe(true);
  });

  it('runs tasks one at a time in the order they were added', async () => {
    const queue = new RunQueue();
    const events: string[] = [];
    const task = (name: string, turns: number) => async () => {
      events.push(`${name} starts`);
      for (let count = 0; count < turns; count += 1) await turn();
      events.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all([queue.add(task('a', 3)), queue.add(task('b', 1))]);
    expect(results).toEqual(['a', 'b']);
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });

  it('goes on after a task that fails', async () => {
    const queue = new RunQueue();
    const failing = queue.add(async () => {
      await turn();
      throw new Error('broken');
    });
    const next = queue.add(async () => 'next');
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('next');
  });

  it('lets a task added by a continuation wait for those already queued', async () => {
    const queue = new RunQueue();
    const order: string[] = [];
    const step = (name: string) => async () => {
      await turn();
      order.push(name);
    };
    const first = queue.add(step('first')).then(() => queue.add(step('third')));
    await Promise.all([first, queue.add(step('second'))]);
    expect(order).toEqual(['first', 'second', 'third']);
  });
});

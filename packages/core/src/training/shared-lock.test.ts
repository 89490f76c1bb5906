import { describe, expect, it } from 'vitest';
import { SharedLock } from './shared-lock.ts';

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('SharedLock', () => {
  it('lets many read at once and one write alone', async () => {
    const lock = new SharedLock();
    const events: string[] = [];
    const reading = gate();
    const writing = gate();
    const read = (name: string) =>
      lock.read(async () => {
        events.push(`${name} begins`);
        await reading.opened;
        events.push(`${name} ends`);
      });
    const write = (name: string) =>
      lock.write(async () => {
        events.push(`${name} begins`);
        await writing.opened;
        events.push(`${name} ends`);
      });
    const all = [read('first'), read('second'), write('third'), write('fourth')];
    await settled();
    expect(events).toEqual(['first begins', 'second begins']);
    // a reader may start another one, also while a writer waits
    all.push(read('fifth'));
    await settled();
    expect(events).toContain('fifth begins');
    expect(lock.isFree).toBe(false);
    reading.open();
    await settled();
    expect(events.slice(3)).toEqual(['first ends', 'second ends', 'fifth ends', 'third begins']);
    all.push(read('sixth'));
    await settled();
    expect(events).not.toContain('sixth begins');
    writing.open();
    await Promise.all(all);
    expect(events.slice(7, 10)).toEqual(['third ends', 'fourth begins', 'fourth ends']);
    expect(lock.isFree).toBe(true);
  });

  it('is free again after a body that throws', async () => {
    const lock = new SharedLock();
    const failure = new Error('body');
    const fail = (): never => {
      throw failure;
    };
    await expect(lock.read(async () => fail())).rejects.toBe(failure);
    await expect(lock.write(fail)).rejects.toBe(failure);
    expect(lock.isFree).toBe(true);
    expect(await lock.write(() => 3)).toBe(3);
    expect(await lock.read(async () => 4)).toBe(4);
  });
});

import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('lets one side in together, and the other after it', async () => {
    const turns = new Turns();
    expect(turns.tryEnter('inline')).toBe(true);
    expect(turns.isSingle).toBe(true);
    expect(turns.tryEnter('inline')).toBe(true);
    expect(turns.isSingle).toBe(false);
    expect(turns.tryEnter('worker')).toBe(false);
    const order: string[] = [];
    const waiting = turns.enterAlone('worker').then(() => order.push('worker'));
    turns.leave();
    await settled();
    expect(order).toEqual([]);
    turns.leave();
    await waiting;
    expect(turns.tryEnter('inline')).toBe(false);
  });

  it('keeps the order of the calls: nobody overtakes who waits', async () => {
    const turns = new Turns();
    turns.tryEnter('inline');
    const order: string[] = [];
    const enter = (side: 'inline' | 'worker', name: string) =>
      turns.enterAlone(side).then(() => order.push(name));
    void enter('worker', 'first');
    void enter('inline', 'second');
    expect(turns.tryEnter('inline')).toBe(false);
    turns.leave();
    await settled();
    expect(order).toEqual(['first']);
    turns.share();
    expect(turns.tryEnter('worker')).toBe(false);
    turns.leave();
    await settled();
    expect(order).toEqual(['first', 'second']);
  });

  it('lets nobody in beside one that is alone', async () => {
    const turns = new Turns();
    await turns.enterAlone('worker');
    expect(turns.tryEnter('worker')).toBe(false);
    turns.share();
    expect(turns.tryEnter('worker')).toBe(true);
  });
});

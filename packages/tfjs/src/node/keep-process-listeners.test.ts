import { afterEach, describe, expect, it } from 'vitest';
import { keepProcessListeners } from './keep-process-listeners.ts';

class ExitStatus extends Error {}

// As they stand in the engine's start-up code.
const onException = (ex: unknown) => {
  if (!(ex instanceof ExitStatus)) throw ex;
};
const onRejection = (reason: unknown) => {
  throw reason;
};
const own = (): void => {};

afterEach(() => {
  for (const listener of [onException, onRejection, own]) {
    process.removeListener('uncaughtException', listener);
    process.removeListener('unhandledRejection', listener);
  }
});

describe('keepProcessListeners', () => {
  it("takes away the engine's and keeps those that other code adds meanwhile", async () => {
    const result = await keepProcessListeners(async () => {
      process.on('uncaughtException', onException);
      process.on('unhandledRejection', onRejection);
      process.on('unhandledRejection', own);
      return 'started';
    });
    expect(result).toBe('started');
    expect(process.listeners('uncaughtException')).not.toContain(onException);
    expect(process.listeners('unhandledRejection')).not.toContain(onRejection);
    expect(process.listeners('unhandledRejection')).toContain(own);
  });

  it('keeps what was there before, and passes errors on', async () => {
    process.on('unhandledRejection', onRejection);
    const failure = new Error('no engine');
    await expect(keepProcessListeners(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(process.listeners('unhandledRejection')).toContain(onRejection);
  });
});

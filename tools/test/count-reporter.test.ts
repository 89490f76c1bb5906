import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const fixtures = fileURLToPath(new URL('./fixtures/report', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

describe('CountReporter', () => {
  it('ends with the number of passed tests', () => {
    expect(runFixtures('passing')).toEqual({ lastLine: '2 passed, 0 failed', status: 0 });
  });

  it('names skipped tests only where there are any', () => {
    expect(runFixtures('passing', 'skipping')).toEqual({
      lastLine: '2 passed, 0 failed, 1 skipped',
      status: 0,
    });
  });

  it('counts failures and leaves the exit status red', () => {
    expect(runFixtures('passing', 'failing')).toEqual({
      lastLine: '2 passed, 1 failed',
      status: 1,
    });
  });

  it('counts a file that cannot be imported as one failure', () => {
    expect(runFixtures('passing', 'broken')).toEqual({
      lastLine: '2 passed, 1 failed',
      status: 1,
    });
  });

  it('counts an error outside a test as one failure', () => {
    expect(runFixtures('rejecting')).toEqual({ lastLine: '1 passed, 1 failed', status: 1 });
  });
});

function runFixtures(...names: readonly string[]): { lastLine: string; status: number | null } {
  // The outer run describes itself to its workers in variables that must not reach the inner run.
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'TEST'),
  );
  const { stdout, status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', fixtures, ...names],
    { encoding: 'utf8', env: environment },
  );
  return { lastLine: stdout.trimEnd().split('\n').at(-1) ?? '', status };
}

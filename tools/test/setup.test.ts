import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { isAtLeast } from '../setup.mjs';

describe('isAtLeast', () => {
  it.each([
    ['20.19.0', true],
    ['20.20.2', true],
    ['22.0.0', true],
    ['20.18.3', false],
    ['18.20.8', false],
  ])('compares %s with 20.19 by number, not by text', (version, expected) => {
    expect(isAtLeast(version, '20.19')).toBe(expected);
  });
});

describe('install', () => {
  it('refuses a Node that is too old and says which one is needed', () => {
    const { stderr, status } = installOnNode('20.18.3');
    expect(stderr).toBe(
      [
        'setup: this version of Node is too old, got 20.18.3.',
        'Expected Node 20.19 or newer.',
        'Fix: install a current release from nodejs.org, then run the command again.',
        '',
      ].join('\n'),
    );
    expect(status).toBe(1);
  });
});

function installOnNode(version: string): { stderr: string; status: number | null } {
  const installScript = fileURLToPath(new URL('../install.mjs', import.meta.url));
  const versions = `{ ...process.versions, node: '${version}' }`;
  const pretend = `Object.defineProperty(process, 'versions', { value: ${versions} })`;
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, installScript],
    { encoding: 'utf8' },
  );
  return { stderr, status };
}

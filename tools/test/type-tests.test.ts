import { spawnSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { foldersWith, root } from '../workspace.mjs';

// Vitest's own type checking has reported wrong types as passed; the compiler is the judge.
describe('type tests', () => {
  it.each(foldersWith('tsconfig.test.json'))(
    '%s compiles with its tests and type tests',
    (folder) => {
      const { stdout } = spawnSync(
        process.execPath,
        ['node_modules/typescript/bin/tsc', '-p', `${folder}/tsconfig.test.json`],
        { cwd: root, encoding: 'utf8' },
      );
      expect(stdout).toBe('');
    },
    // The compiler shares the machine with the other test files; this only bounds a hang.
    300_000,
  );
});

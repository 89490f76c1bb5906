import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

it('a numbered example that does not exist is refused, with those that do', () => {
  const script = fileURLToPath(new URL('../example.mjs', import.meta.url));
  const { stderr, status } = spawnSync(process.execPath, [script, '99'], { encoding: 'utf8' });
  expect(stderr).toMatch(
    /^example: there is no such example, got "99"\.\nExpected one of .*07-next-letter.*\nFix: npm run example -- 07 --budget small\n$/,
  );
  expect(status).toBe(2);
});

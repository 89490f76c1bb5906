import { build, install, run } from './setup.mjs';

const args = process.argv.slice(2);
const onDist = args.includes('--dist');

install();
build();
run(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', ...args.filter((arg) => arg !== '--dist')],
  onDist ? { TEST_DIST: '1' } : {},
);

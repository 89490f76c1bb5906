import { build, install, run } from './setup.mjs';

const args = process.argv.slice(2);
const onDist = args.includes('--dist');

const chosen = args.filter((arg) => arg !== '--dist');

install();
build();
// Type tests are tests; a run of chosen files leaves them out.
if (chosen.length === 0) run(process.execPath, ['tools/typecheck.mjs']);
run(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', ...chosen],
  onDist ? { TEST_DIST: '1' } : {},
);

import { build, install, run } from './setup.mjs';

install();
build('@etalon/quickstart');
run(process.execPath, ['examples/quickstart/dist/main.js', ...process.argv.slice(2)]);

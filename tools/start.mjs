import { build, install, run } from './setup.mjs';

install();
build();
run(process.execPath, ['examples/quickstart/dist/main.js', ...process.argv.slice(2)]);

// Runs a script of the repository after setting it up: `node tools/run-built.mjs benchmarks/main.mjs inference`.
import { build, install, run } from './setup.mjs';

install();
build();
run(process.execPath, process.argv.slice(2));

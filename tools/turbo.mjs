import { runTurbo } from './setup.mjs';

runTurbo(process.argv.slice(2));

// Runs a program in a worker and forgets to dispose the backend. Arguments: what the worker's runs do, and what comes after.
import { startBackend } from '@etalon/worker/node';

const [run, after] = process.argv.slice(2);
const type = { dtype: 'float32', shape: [2] };
const program = {
  specificationVersion: 'v1',
  name: 'doubling',
  values: [type, type],
  inputs: [{ name: 'x', value: 0 }],
  constants: [],
  nodes: [{ operator: 'add', inputs: [0, 0], outputs: [1], attributes: {}, path: 'add_1' }],
  outputs: [{ name: 'y', value: 1 }],
};
const backend = await startBackend(new URL('./worker.mjs', import.meta.url), { run });
const executable = await backend.compile(program);
const { y } = await executable.run({ x: { ...type, data: Float32Array.of(1, 2) } });
const { data } = await y.read();
if (after === 'dispose') await backend.dispose();
console.log([...data].join());

// PyTorch in a process of its own, where python3 has it: `PYTHON` names another interpreter.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const python = process.env.PYTHON ?? 'python3';

/** Whether PyTorch can be asked. */
export const hasTorch = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;

export function createTorchLstm({ batch, time, features, units }, tensors, threads) {
  const file = join(mkdtempSync(join(tmpdir(), 'bench-')), 'lstm.bin');
  writeFileSync(file, Buffer.concat(tensors.map(({ data }) => Buffer.from(data.buffer))));
  const script = fileURLToPath(new URL('./torch_lstm.py', import.meta.url));
  const sizes = [threads, batch, time, features, units].map(String);
  const child = spawn(python, [script, file, ...sizes], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (word) => {
    child.stdin.write(`${word}\n`);
    return (await lines.next()).value;
  };
  return {
    run: () => ask('run'),
    check: async () => JSON.parse(await ask('check')),
    dispose: () => child.stdin.end(),
  };
}

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';
import { addFixture, createConsumer, root, runNode, withoutPackages } from './consumer.ts';

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const consumer = createConsumer();

afterAll(() => {
  rmSync(consumer.folder, { recursive: true, force: true });
});

describe('esm-node', () => {
  it('runs on the packed packages', () => {
    addFixture(consumer, 'esm-node');
    // Vitest refuses to be imported outside a test run, so its entry is only type-checked.
    const entries = consumer.entries.filter((entry) => !entry.endsWith('/vitest'));
    writeFileSync(join(consumer.folder, 'entries.json'), JSON.stringify(entries));
    const { status, output } = runNode(consumer, ['main.mjs']);
    expect(output).toContain(`imported ${entries.length} entries, trained on 3 backends`);
    expect(status, output).toBe(0);
  });

  it('says which engine is not installed, and how to install it', () => {
    addFixture(consumer, 'esm-node');
    const engines = ['onnxruntime-node', 'onnxruntime-web', '@tensorflow/tfjs-core'];
    const { output } = withoutPackages(consumer, engines, () =>
      runNode(consumer, ['without-runtimes.mjs']),
    );
    expect(output.trim().split('\n')).toEqual([
      'onnxruntime-node: BACKEND_RUNTIME_MISSING onnxruntime: the package "onnxruntime-node" is needed, got none. Fix: npm install onnxruntime-node --ignore-scripts The CPU and WebGPU binaries are inside the package; its install script only downloads CUDA files.',
      'onnxruntime-web, one thread: BACKEND_RUNTIME_MISSING onnxruntime: the package "onnxruntime-web" is needed, got none. Fix: npm install onnxruntime-web',
      'onnxruntime-web, two threads: BACKEND_RUNTIME_MISSING onnxruntime: the package "onnxruntime-web" is needed, got none. Fix: npm install onnxruntime-web',
      '@tensorflow/tfjs-core: BACKEND_RUNTIME_MISSING tfjs: the package "@tensorflow/tfjs-core" is needed, got none. Fix: npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0',
    ]);
  });
});

describe('strict-tsc', () => {
  it('type-checks every entry with the module resolution of Node', () => {
    addFixture(consumer, 'strict-tsc');
    writeEntries('every-entry.ts', consumer.entries);
    expect(runNode(consumer, [tsc, '-p', 'tsconfig.nodenext.json']).output).toBe('');
  });

  it('type-checks every neutral entry with the resolution of a bundler, without Node or DOM', () => {
    addFixture(consumer, 'strict-tsc');
    const neutral = consumer.entries.filter((entry) => !/\/(node|vitest)$/.test(entry));
    writeEntries('every-neutral-entry.ts', neutral);
    expect(runNode(consumer, [tsc, '-p', 'tsconfig.bundler.json']).output).toBe('');
  });
});

function writeEntries(file: string, entries: readonly string[]): void {
  const lines = entries.map((entry, index) => `export type * as entry${index} from '${entry}';`);
  writeFileSync(join(consumer.folder, file), `${lines.join('\n')}\n`);
}

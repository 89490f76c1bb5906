import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';

import { root } from '../workspace.mjs';

const store = join(root, 'node_modules', '.pnpm');

describe('install scripts', () => {
  it('are named and refused for every dependency that has one', () => {
    const settings = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
    const allowBuilds = settings.match(/^allowBuilds:\n((?:[ #].*\n)*)/m)?.[1] ?? '';
    for (const name of packagesWithInstallScript()) {
      expect(allowBuilds).toMatch(new RegExp(`^ +["']?${name}["']?: false$`, 'm'));
    }
    expect(allowBuilds).not.toMatch(/: true$/m);
  });
});

describe('onnxruntime-node without its install script', () => {
  it('has no CUDA library, which only the script fetches', () => {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('onnxruntime-node/package.json'));
    const files = readdirSync(join(folder, 'bin'), { recursive: true, encoding: 'utf8' });
    expect(files.some((file) => file.endsWith('onnxruntime_binding.node'))).toBe(true);
    expect(files.filter((file) => file.includes('providers_cuda'))).toEqual([]);
  });

  it('loads its CPU engine', async () => {
    // An empty model is refused by the engine itself, so the native library is there.
    await expect(InferenceSession.create(new Uint8Array(0))).rejects.toThrow(/model/i);
  });
});

function packagesWithInstallScript(): string[] {
  const manifests = readdirSync(store).flatMap((entry) => {
    const modules = join(store, entry, 'node_modules');
    if (!existsSync(modules)) return [];
    return readdirSync(modules).flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((nested) => join(modules, name, nested))
        : [join(modules, name)],
    );
  });
  const found = new Set<string>();
  for (const folder of manifests) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name, scripts = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
      name: string;
      scripts?: Record<string, string>;
    };
    if (['preinstall', 'install', 'postinstall'].some((script) => script in scripts)) {
      found.add(name);
    }
  }
  return [...found].sort();
}

import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { expect, it } from 'vitest';

const packages: Readonly<Record<string, URL>> = {
  '@etalon/compiler': new URL('../../compiler/src/index.ts', import.meta.url),
  '@etalon/spec': new URL('../../spec/src/index.ts', import.meta.url),
};

// Follows every import, export and dynamic import from a file, and returns the modules that lie outside.
function outsideOf(entry: URL): { readonly outside: readonly string[]; readonly numFiles: number } {
  const seen = new Set<string>();
  const outside = new Set<string>();
  const visit = (file: URL): void => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    const text = readFileSync(file, 'utf8');
    for (const [, from, imported] of text.matchAll(/\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/g)) {
      const name = from ?? imported ?? '';
      const target = name.startsWith('.') ? new URL(name, file) : packages[name];
      if (target === undefined) outside.add(name);
      else visit(target);
    }
  };
  visit(entry);
  return { outside: [...outside], numFiles: seen.size };
}

it('imports nothing beyond the compiler and the specification from its main entry', () => {
  const { outside, numFiles } = outsideOf(new URL('../src/index.ts', import.meta.url));
  expect(outside).toEqual([]);
  // the walk did go through the packages
  expect(numFiles).toBeGreaterThan(150);
});

it('leaves Node to an entry of its own', () => {
  const { outside } = outsideOf(new URL('../src/node/index.ts', import.meta.url));
  expect(outside.length).toBeGreaterThan(0);
  expect(outside.filter((name) => !isBuiltin(name))).toEqual([]);
});

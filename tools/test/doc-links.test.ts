import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { root } from '../workspace.mjs';

const passedOver = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage']);
const pages = markdownFiles('.');

describe('documentation', () => {
  it('is found', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'packages/core/README.md']));
  });

  it.each(pages)('%s links to files that exist', (page) => {
    const targets = [...text(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const missing = targets.filter((target) => {
      const [path = ''] = target.split('#');
      return !/^(https?:|mailto:|#)/.test(target) && !existsSync(join(root, dirname(page), path));
    });
    expect(missing).toEqual([]);
  });

  it.each(pages)('%s names files that exist', (page) => {
    const named = [
      ...text(page).matchAll(/`((?:docs|packages|tools|examples|benchmarks)\/[\w./-]+)`/g),
    ].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

// Without code blocks, which may hold anything.
function text(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
}

function markdownFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : markdownFiles(path);
    return path.endsWith('.md') ? [path] : [];
  });
}

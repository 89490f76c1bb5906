import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { foldersWith, root } from '../workspace.mjs';

// Above this a file has more than one subject; the usual length is a fifth of it.
const longest = 600;

// Written by a generator, read by nobody.
const generated = new Set(['packages/onnx/src/schema/onnx-pb.ts']);

it.each(foldersWith('package.json'))('%s has no source file above 600 lines', (folder) => {
  const tooLong = sourceFiles(folder)
    .filter((file) => !generated.has(file))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > longest);
  expect(tooLong).toEqual([]);
});

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return ['node_modules', 'dist', '.turbo'].includes(entry.name) ? [] : sourceFiles(path);
    }
    return /\.(ts|mjs|py)$/.test(entry.name) ? [path] : [];
  });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { root } from '../workspace.mjs';
import { checkExamples, documentedPages, examplesOf } from './doc-examples.ts';

const examples = documentedPages(root).flatMap((page) =>
  examplesOf(page, readFileSync(join(root, page), 'utf8')),
);

describe('examplesOf', () => {
  const page = [
    '# Page',
    '```ts',
    'const a = 1;',
    '```',
    '<!-- continues -->',
    '```ts',
    'const b = a;',
    '```',
    '```sh',
    'npm start',
    '```',
    '<!-- prelude: declare const d: string; -->',
    '',
    '```ts',
    'const e: number = d;',
    '```',
    '',
  ].join('\n');
  const found = examplesOf('page.md', page);

  it('finds the blocks of TypeScript with what goes before them', () => {
    expect(found).toEqual([
      { place: 'page.md:3', prelude: '', code: 'const a = 1;\n' },
      { place: 'page.md:7', prelude: 'const a = 1;\n', code: 'const b = a;\n' },
      {
        place: 'page.md:15',
        prelude: ' declare const d: string; \n',
        code: 'const e: number = d;\n',
      },
    ]);
  });

  it('leads to messages with the line in the page', () => {
    expect([...checkExamples(root, found).values()]).toEqual([
      [],
      [],
      ["page.md:15: Type 'string' is not assignable to type 'number'."],
    ]);
  }, 300_000);
});

describe('examples in the documentation', () => {
  it('are found in the pages that need them', () => {
    const pages = new Set(examples.map(({ place }) => place.split(':')[0]));
    expect(documentedPages(root).filter((page) => !pages.has(page))).toEqual([]);
  });

  it('compile', () => {
    expect([...checkExamples(root, examples).values()].flat()).toEqual([]);
  }, 300_000);
});

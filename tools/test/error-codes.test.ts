import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { root } from '../workspace.mjs';
import { errorClasses, errorUses, parseSource, parseSources } from './error-codes.ts';

const files = parseSources(join(root, 'packages'));
const classes = errorClasses(files);
const uses = files.flatMap((file) => errorUses(file, classes));
const made = uses.flatMap(({ className, codes }) => codes.map((code) => ({ className, code })));

const guide = readFileSync(join(root, 'docs', 'guides', 'errors.md'), 'utf8');
const explained = explanations(guide);

describe('errorUses', () => {
  const found = (text: string) => {
    const file = parseSource('example.ts', text);
    return errorUses(file, errorClasses([file])).map(({ className, codes }) => [className, codes]);
  };
  const family = "class Base { readonly '~etalon.error' = true; }\nclass Late extends Base {}\n";

  it('finds literal, alternative and handed-on codes', () => {
    expect(found(`${family}throw new Late(\n  'A_B',\n  text,\n);`)).toEqual([['Late', ['A_B']]]);
    expect(found(`${family}new Base(short ? 'A' : 'B', []);`)).toEqual([['Base', ['A', 'B']]]);
    expect(
      found(`${family}const f = (code: 'A' | 'B', x: number) => [x].map(() => new Base(code));`),
    ).toEqual([['Base', ['A', 'B']]]);
  });

  it('tells that a code cannot be read', () => {
    expect(found(`${family}const f = (code: string) => new Base(code);`)).toEqual([['Base', []]]);
    expect(found(`${family}new Base();`)).toEqual([['Base', []]]);
  });

  it('passes over other classes', () => {
    expect(found(`${family}new Error('A_B'); new Other('A_B');`)).toEqual([]);
  });
});

describe('error codes', () => {
  it('are literals, or parameters whose type lists them', () => {
    expect(uses.filter(({ codes }) => codes.length === 0)).toEqual([]);
    expect(made.filter(({ code }) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(code))).toEqual([]);
  });

  it('belong to one class each', () => {
    const classOf = new Map(made.map(({ code, className }) => [code, className]));
    expect(made.filter(({ code, className }) => classOf.get(code) !== className)).toEqual([]);
  });

  it('have one heading each in docs/guides/errors.md, under their class', () => {
    const wanted = new Set(made.map(({ className, code }) => `${className}: ${code}`));
    const headings = explained.map(({ className, code }) => `${className}: ${code}`);
    expect([...wanted].filter((name) => !headings.includes(name))).toEqual([]);
    expect(headings.filter((name) => !wanted.has(name))).toEqual([]);
    expect(headings.filter((name, at) => headings.indexOf(name) !== at)).toEqual([]);
  });

  it('are explained in words, in alphabetical order', () => {
    expect(explained.filter(({ text }) => !/^`.*`\n\n.*\S\.$/s.test(text))).toEqual([]);
    for (const className of classes) {
      const codes = explained.filter((entry) => entry.className === className);
      const names = codes.map(({ code }) => code);
      expect(names).toEqual([...names].sort());
    }
  });
});

interface Explanation {
  readonly className: string;
  readonly code: string;
  readonly text: string;
}

function explanations(markdown: string): readonly Explanation[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [heading = '', ...entries] = section.split(/^### /m);
      const className = heading.split('\n', 1)[0] ?? '';
      return entries.map((entry) => {
        const [code = '', ...lines] = entry.split('\n');
        return { className, code, text: lines.join('\n').trim() };
      });
    });
}

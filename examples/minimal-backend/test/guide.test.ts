import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runConformance } from '@etalon/conformance';
import type { BackendV1 } from '@etalon/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const guide = new URL('../../../docs/guides/write-a-backend.md', import.meta.url);

// In this package, so that the code finds what a reader would have installed.
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(import.meta.dirname, 'guide-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('docs/guides/write-a-backend.md', () => {
  it('builds a backend that passes the suite as it stands', async () => {
    const file = join(folder, 'my-backend.ts');
    await writeFile(file, codeBetween(await readFile(guide, 'utf8'), 'Build one', 'Run the suite'));
    const { createMyBackend } = (await import(file)) as { createMyBackend: () => BackendV1 };
    const { outcomes, passed, complete } = await runConformance(createMyBackend);
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(passed).toBeGreaterThan(100);
    expect(complete).toBe(true);
  });
});

function codeBetween(markdown: string, from: string, to: string): string {
  const section = markdown.slice(markdown.indexOf(`## ${from}`), markdown.indexOf(`## ${to}`));
  return [...section.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code).join('\n');
}

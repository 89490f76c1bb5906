import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { foldersWith, root } from '../workspace.mjs';

interface Manifest {
  readonly name: string;
  readonly license: string;
  readonly type: string;
  readonly sideEffects?: boolean;
  readonly private?: boolean;
  readonly engines: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** From the bottom up: a package may depend on packages of earlier rows only. */
const layers: readonly (readonly string[])[] = [
  ['spec', 'datasets', 'environments'],
  ['compiler', 'worker'],
  ['reference', 'onnx', 'core'],
  ['onnxruntime', 'tfjs', 'conformance'],
];

const published = foldersWith('package.json').filter((folder) => folder.startsWith('packages/'));
const names = published.map((folder) => folder.replace('packages/', ''));

describe('manifests', () => {
  it.each(published)('%s is an ES module package for Node 20.19 without side effects', (folder) => {
    const manifest = read<Manifest>(`${folder}/package.json`);
    expect(manifest).toMatchObject({
      name: folder.replace('packages/', '@etalon/'),
      license: 'Apache-2.0',
      type: 'module',
      sideEffects: false,
      engines: { node: '>=20.19' },
      publishConfig: { access: 'public', provenance: true },
    });
    expect(manifest.private).toBeUndefined();
  });

  it.each(published)('%s lists every entry once, the source condition first', (folder) => {
    for (const [path, conditions] of Object.entries(
      read<Manifest>(`${folder}/package.json`).exports ?? {},
    )) {
      if (typeof conditions === 'string') {
        expect([path, conditions]).toEqual(['./package.json', './package.json']);
        continue;
      }
      expect(Object.keys(conditions)).toEqual(['@etalon/source', 'types', 'default']);
      const source = conditions['@etalon/source'] ?? '';
      const built = source.replace('./src/', './dist/').replace(/\.ts$/, '');
      expect(conditions).toMatchObject({ types: `${built}.d.ts`, default: `${built}.js` });
      expect(existsSync(join(root, folder, source))).toBe(true);
    }
  });

  it.each(published)('%s documents every entry', (folder) => {
    const { exports = {} } = read<Manifest>(`${folder}/package.json`);
    const sources = Object.values(exports).flatMap((conditions) =>
      typeof conditions === 'string' ? [] : [conditions['@etalon/source']?.replace('./', '')],
    );
    const { entryPoints } = read<{ entryPoints: string[] }>(`${folder}/typedoc.json`);
    expect(entryPoints).toEqual(sources);
  });

  it('has every package in exactly one layer', () => {
    expect(layers.flat().sort()).toEqual([...names].sort());
  });

  it.each(names)('%s depends on packages of lower layers only', (name) => {
    const layer = layers.findIndex((row) => row.includes(name));
    const lower = layers.slice(0, layer).flat();
    expect(workspaceDependencies(`packages/${name}`).filter((x) => !lower.includes(x))).toEqual([]);
  });

  it.each(names)('%s references the projects of exactly its dependencies', (name) => {
    const references = read<{ references?: { path: string }[] }>(`packages/${name}/tsconfig.json`);
    const referenced = (references.references ?? []).map(({ path }) => path.replace('../', ''));
    expect(referenced.sort()).toEqual(workspaceDependencies(`packages/${name}`));
  });
});

describe('root configuration', () => {
  it('builds every project', () => {
    const { references } = read<{ references: { path: string }[] }>('tsconfig.json');
    const projects = foldersWith('tsconfig.json').flatMap((folder) =>
      existsSync(join(root, folder, 'src/node/tsconfig.json'))
        ? [folder, `${folder}/src/node`]
        : [folder],
    );
    expect(references.map(({ path }) => path).sort()).toEqual(projects.sort());
  });

  it('has a test project for every package', () => {
    const projects = readFileSync(join(root, 'vitest.config.ts'), 'utf8');
    expect(published.filter((folder) => !projects.includes(`'${folder}'`))).toEqual([]);
  });
});

describe('pnpm-lock.yaml', () => {
  it('names no registry', () => {
    expect(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')).not.toMatch(/https?:/);
  });
});

function workspaceDependencies(folder: string): string[] {
  return Object.keys(read<Manifest>(`${folder}/package.json`).dependencies ?? {})
    .filter((name) => name.startsWith('@etalon/'))
    .map((name) => name.replace('@etalon/', ''))
    .sort();
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
}

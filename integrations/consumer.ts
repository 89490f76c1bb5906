import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, absolute. */
export const root: string = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A folder outside the repository in which every published package is installed from its tarball. */
export interface Consumer {
  readonly folder: string;
  /** Every entry of every package, as an import names it: `@etalon/core/node`. */
  readonly entries: readonly string[];
}

/**
 * Packs the built packages, unpacks them into a new folder and links what they depend on.
 *
 * @throws {Error} if a package is not built or cannot be packed
 */
export function createConsumer(): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-consumer-'));
  const modules = join(folder, 'node_modules');
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const manifests = publishedFolders().map((path) => ({ path, manifest: readManifest(path) }));
  packAll(folder);
  for (const { path, manifest } of manifests) {
    unpack(folder, manifest, join(modules, manifest.name));
    const { dependencies, peerDependencies } = manifest;
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      const installed = join(path, 'node_modules', name);
      const isOptional = manifest.peerDependenciesMeta?.[name]?.optional === true;
      if (name.startsWith('@etalon/') || (isOptional && !existsSync(installed))) continue;
      link(installed, join(modules, name));
    }
  }
  link(join(root, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'));
  const entries = manifests.flatMap(({ manifest }) => entriesOf(manifest));
  return { folder, entries };
}

/** Copies a fixture of this folder into the consumer. */
export function addFixture(consumer: Consumer, name: string): void {
  cpSync(join(root, 'integrations', name), consumer.folder, {
    recursive: true,
    filter: (source) => !source.endsWith('node_modules') && !source.endsWith('package.json'),
  });
}

/** Does something while some of the consumer's packages are not installed. */
export function withoutPackages<R>(
  { folder }: Consumer,
  names: readonly string[],
  act: () => R,
): R {
  const installed = names.map((name) => join(folder, 'node_modules', name));
  for (const path of installed) renameSync(path, `${path}.absent`);
  try {
    return act();
  } finally {
    for (const path of installed) renameSync(`${path}.absent`, path);
  }
}

/** Runs Node in the consumer's folder and returns its status and everything it printed. */
export function runNode(
  consumer: Consumer,
  args: readonly string[],
): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: consumer.folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, output: stdout + stderr };
}

function publishedFolders(): string[] {
  return readdirSync(join(root, 'packages')).map((name) => {
    const folder = join(root, 'packages', name);
    if (!existsSync(join(folder, 'dist', 'index.js'))) {
      throw new Error(
        `createConsumer: packages/${name} is not built.\nFix: run \`npm run build\` first; \`npm test\` does so.`,
      );
    }
    return folder;
  });
}

function packAll(destination: string): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs'),
      ...['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', destination],
    ],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`createConsumer: pnpm pack failed.\n${stdout}${stderr}`);
}

function unpack(folder: string, { name, version }: Manifest, target: string): void {
  const tarball = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  mkdirSync(target, { recursive: true });
  const args = ['-xzf', tarball, '-C', target, '--strip-components=1'];
  const { status, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`createConsumer: ${tarball} cannot be unpacked.\n${stderr}`);
}

function link(from: string, to: string): void {
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(from), to, 'junction');
}

function entriesOf(manifest: Manifest): string[] {
  return Object.keys(manifest.exports)
    .filter((path) => path !== './package.json')
    .map((path) => manifest.name + path.slice(1));
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

// Set-up of a fresh clone with nothing but Node and npm. Imports Node built-ins alone: it runs
// before any package is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';

import { foldersWith, root } from './workspace.mjs';

const binaries = join(root, 'node_modules', '.bin');
const stampFile = join(root, 'node_modules', '.etalon-install');

/** Installs the packages of the frozen lockfile, unless the last installation is still valid. */
export function install() {
  requireNode();
  const stamp = installStamp();
  if (isInstalled(stamp)) return;
  const pnpm = readManifest('package.json').packageManager;
  console.log(`Installing packages with ${pnpm} …`);
  rmSync(stampFile, { force: true });
  runNpm(['exec', '--yes', `--package=${pnpm}`, '--', 'pnpm', 'install', '--frozen-lockfile']);
  writeFileSync(stampFile, stamp);
}

/**
 * Builds the packages of the workspace; what has not changed comes from Turborepo's cache.
 *
 * @param {string} [only] the package to build with everything it depends on; default: every package
 */
export function build(only) {
  console.log('Building …');
  const filter = only === undefined ? [] : [`--filter=${only}...`];
  runTurbo(['run', 'build', ...filter, '--output-logs=errors-only', '--log-prefix=none']);
}

/**
 * Runs Turborepo without telemetry. It starts every package script through the pinned pnpm, which
 * `run` puts on the path.
 *
 * @param {string[]} args
 */
export function runTurbo(args) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  run(process.execPath, [turbo, ...args], { TURBO_TELEMETRY_DISABLED: '1' });
}

/**
 * Returns whether a version is the required `major.minor` or a later one.
 *
 * @param {string} version
 * @param {string} required
 */
export function isAtLeast(version, required) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [requiredMajor = 0, requiredMinor = 0] = required.split('.').map(Number);
  return major > requiredMajor || (major === requiredMajor && minor >= requiredMinor);
}

/**
 * Runs a command in the root of the repository; ends this process with its status if it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} environment added to the environment of this process
 * @param {{ shell?: boolean }} options
 */
export function run(command, args, environment = {}, options = {}) {
  const path = `${binaries}${delimiter}${process.env.PATH ?? ''}`;
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path, ...environment },
    ...options,
  });
  if (result.error) {
    fail(`setup: ${basename(command)} could not be started, got "${result.error.message}".`);
  }
  if (result.signal) process.kill(process.pid, result.signal);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function requireNode() {
  const required = readManifest('package.json').engines.node.replace('>=', '');
  if (isAtLeast(process.versions.node, required)) return;
  fail(
    `setup: this version of Node is too old, got ${process.versions.node}.`,
    `Expected Node ${required} or newer.`,
    'Fix: install a current release from nodejs.org, then run the command again.',
  );
}

/**
 * npm_execpath is the running npm, also where `npm` is a shell script or not on the path.
 *
 * @param {string[]} args
 */
function runNpm(args) {
  const npm = process.env.npm_execpath;
  if (npm !== undefined && basename(npm) === 'npm-cli.js') run(process.execPath, [npm, ...args]);
  else run('npm', args, {}, { shell: process.platform === 'win32' });
}

// Native packages depend on the platform, so the stamp does too.
function installStamp() {
  const hash = createHash('sha256');
  hash.update(`${process.platform} ${process.arch}\n`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifestFiles()]) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** @param {string} stamp */
function isInstalled(stamp) {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) return false;
  return manifestFiles().every((file) => {
    const { dependencies, devDependencies } = readManifest(file);
    const hasNone = dependencies === undefined && devDependencies === undefined;
    return hasNone || existsSync(resolve(root, file, '..', 'node_modules'));
  });
}

function manifestFiles() {
  return ['package.json', ...foldersWith('package.json').map((folder) => `${folder}/package.json`)];
}

/** @param {string} file */
export function readManifest(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

/**
 * @param {...string} lines
 * @returns {never}
 */
function fail(...lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}

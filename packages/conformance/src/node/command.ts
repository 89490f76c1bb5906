import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EtalonError } from '@etalon/spec';
import type { ConformanceReport } from '../report.ts';
import { summarize } from '../report.ts';
import { runConformance } from '../run-conformance.ts';
import { renderSupport } from '../support-table.ts';
import type { CommandOptions } from './arguments.ts';
import { readArguments, usage } from './arguments.ts';
import { loadBackend } from './module.ts';
import type { KnownBackend } from './registry.ts';
import { knownBackends, probe } from './registry.ts';

/** Where the command writes, and what it knows. */
export interface CommandEnvironment {
  /** Prints a line, or several. */
  readonly write: (line: string) => void;
  /** Folder that file names are relative to. */
  readonly folder: string;
  readonly backends?: readonly KnownBackend[];
}

const wrongArguments: readonly string[] = [
  'CONFORMANCE_ARGUMENTS',
  'CONFORMANCE_FILTER',
  'CONFORMANCE_MODULE',
];

/** Failures that are printed in full for each backend; the JSON report has all. */
const SHOWN = 20;

/**
 * Runs the command `etalon-conformance`.
 *
 * @returns the exit code: 0 when nothing failed, 1 when something did, 2 for wrong arguments.
 */
export async function runCommand(
  args: readonly string[],
  environment: CommandEnvironment,
): Promise<number> {
  const { write, backends: known = knownBackends } = environment;
  try {
    const options = readArguments(args, known);
    if (options.help) {
      write(usage);
      return 0;
    }
    return await check(options, known, environment);
  } catch (error) {
    if (!EtalonError.isInstance(error)) throw error;
    write(error.message);
    return wrongArguments.includes(error.code) ? 2 : 1;
  }
}

async function check(
  options: CommandOptions,
  known: readonly KnownBackend[],
  { write, folder }: CommandEnvironment,
): Promise<number> {
  const reports: ConformanceReport[] = [];
  for (const backend of await chosen(options, known, { write, folder })) {
    const filter = options.filter.length > 0 ? { filter: options.filter } : {};
    const { create, widen = {} } = backend;
    const report = await runConformance(create, { ...filter, widen });
    show(report, write);
    reports.push(report);
  }
  if (options.json !== undefined) {
    const file = resolve(folder, options.json);
    await writeWhole(file, `${JSON.stringify({ backends: reports.map(toJson) }, undefined, 2)}\n`);
  }
  // A table of a malformed manifest would say that nothing is supported.
  if (options.support && reports.every(({ complete }) => complete)) {
    await writeWhole(resolve(folder, 'SUPPORT.md'), renderSupport(reports));
  }
  const failed = reports.reduce((sum, report) => sum + report.failed, 0);
  return failed > 0 || reports.length === 0 ? 1 : 0;
}

async function chosen(
  { all, backends, modules }: CommandOptions,
  known: readonly KnownBackend[],
  { write, folder }: CommandEnvironment,
): Promise<readonly KnownBackend[]> {
  if (!all) {
    const loaded: KnownBackend[] = [];
    for (const module of modules) loaded.push(await loadBackend(module, folder));
    return [...known.filter(({ name }) => backends.includes(name)), ...loaded];
  }
  const available: KnownBackend[] = [];
  for (const backend of known) {
    const lack = await probe(backend);
    if (lack === undefined) available.push(backend);
    else write(`${backend.name}: not available here: ${lack}`);
  }
  return available;
}

function show(report: ConformanceReport, write: (line: string) => void): void {
  const failures = report.outcomes.filter(({ outcome }) => outcome === 'failed');
  for (const { message } of failures.slice(0, SHOWN)) write(message ?? '');
  if (failures.length > SHOWN) write(`… and ${failures.length - SHOWN} more.`);
  for (const { id, because } of report.outcomes) {
    if (because !== undefined) write(`${report.backend}: budget of ${id} widened: ${because}`);
  }
  write(summarize(report));
}

function toJson({ backend, passed, unsupported, failed, complete, outcomes }: ConformanceReport) {
  const failures = outcomes.filter(({ outcome }) => outcome === 'failed');
  return { name: backend, passed, unsupported, failed, complete, failures };
}

// A reader never sees half a file.
async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  await writeFile(partial, text);
  await rename(partial, file);
}

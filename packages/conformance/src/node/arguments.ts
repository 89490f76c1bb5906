import { parseArgs } from 'node:util';
import { ConformanceError } from '../checks/check.ts';
import type { KnownBackend } from './registry.ts';

/** What the command was asked to do. */
export interface CommandOptions {
  readonly help: boolean;
  readonly all: boolean;
  readonly backends: readonly string[];
  /** Files of modules that export a backend, each perhaps with `#name`. */
  readonly modules: readonly string[];
  readonly filter: readonly string[];
  /** File for the report as JSON. */
  readonly json: string | undefined;
  readonly support: boolean;
}

/** How the command is used. */
export const usage = `Usage: etalon-conformance (--all | --backend <name>... | --module <file>...) [options]

  --backend <name>   check this backend; may be repeated
  --module <file>    check the backend that an ES module exports as createBackend or create…Backend,
                     or as <file>#<name>; may be repeated. It may export budgets to widen, as widen
  --all              check every backend of this project that can be created here
  --filter <text>    run only checks whose id contains the text; may be repeated
  --json <file>      write the counts and failures as JSON
  --support          write SUPPORT.md, the table of operators, dtypes and gradients
  --help             show this text

The exit code is 0 when nothing failed, 1 when something did, 2 for wrong arguments.`;

const options = {
  backend: { type: 'string', multiple: true },
  module: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  filter: { type: 'string', multiple: true },
  json: { type: 'string' },
  support: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/**
 * Reads the command line.
 *
 * @throws {ConformanceError} for an unknown option or backend, or options that contradict each other.
 */
export function readArguments(
  args: readonly string[],
  known: readonly KnownBackend[],
): CommandOptions {
  const values = parse(args);
  const {
    all = false,
    backend: backends = [],
    module: modules = [],
    filter = [],
    support = false,
    help = false,
  } = values;
  const names = known.map(({ name }) => name);
  const unknown = backends.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw wrong(`there is no backend of this name, got ${JSON.stringify(unknown)}`, names);
  }
  const chosen = backends.length + modules.length;
  if (!help && all === chosen > 0) {
    const given = all ? '--all and backends by name' : 'no backend';
    throw wrong(`either --all or some backends are needed, got ${given}`, names);
  }
  if (support && filter.length > 0) {
    throw new ConformanceError(
      'CONFORMANCE_ARGUMENTS',
      'conformance: --support needs every check, got --filter.\nFix: leave --filter out.',
    );
  }
  return { help, all, backends, modules, filter, json: values.json, support };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw unreadable(args, cause);
  }
}

function unreadable(args: readonly string[], cause: unknown): ConformanceError {
  const reason = cause instanceof Error ? cause.message.split('. ', 1)[0] : String(cause);
  return new ConformanceError(
    'CONFORMANCE_ARGUMENTS',
    `conformance: the arguments cannot be read, got ${JSON.stringify(args)}: ${reason}.\n${usage}`,
    { cause },
  );
}

function wrong(what: string, names: readonly string[]): ConformanceError {
  return new ConformanceError(
    'CONFORMANCE_ARGUMENTS',
    `conformance: ${what}.\nExpected --all, or --backend with one of ${JSON.stringify(names)}, or --module with a file.`,
  );
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { BackendName } from './backends.ts';
import { backendNames } from './backends.ts';

/** What the command line of an example says. */
export interface ExampleCommand {
  /** `--backend`, default `onnxruntime-cpu`. */
  readonly backend: BackendName;
  /** `--budget`: `small` takes seconds and is what tests run, `full` gives the figures of the README. Default `full`. */
  readonly budget: 'small' | 'full';
  /** `--json`: file for the results. */
  readonly json: string | undefined;
}

/** Reads the command line; says what is wrong and ends the process with 2 where it cannot be read. */
export function readCommand(name: string, args: readonly string[]): ExampleCommand {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        backend: { type: 'string', default: 'onnxruntime-cpu' },
        budget: { type: 'string', default: 'full' },
        json: { type: 'string' },
      },
    });
    const { backend, budget, json } = values;
    if (!isOneOf(backendNames, backend)) throw unknown('backend', backend, backendNames);
    if (!isOneOf(['small', 'full'] as const, budget)) {
      throw unknown('budget', budget, ['small', 'full']);
    }
    return { backend, budget, json };
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

/** Writes results as JSON, where the command names a file. */
export function writeResults({ json }: Pick<ExampleCommand, 'json'>, results: object): void {
  if (json === undefined) return;
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
}

function isOneOf<T extends string>(names: readonly T[], value: string): value is T {
  return (names as readonly string[]).includes(value);
}

function unknown(option: string, value: string, names: readonly string[]): RangeError {
  return new RangeError(
    `--${option} must be one of ${names.join(', ')}, got ${JSON.stringify(value)}.`,
  );
}

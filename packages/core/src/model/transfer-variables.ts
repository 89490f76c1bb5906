import { shapesEqual } from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import { DataError } from '@etalon/spec';
import type { Variables } from './variables.ts';

/** What `transferVariables` takes, and under which names. */
export interface TransferOptions {
  /** Tells of each variable by its path (`conv2d_1/kernel`) whether its value is taken; default all. */
  readonly only?: (path: string) => boolean;
  /** Returns the path of a variable's value in the source; default the same path. */
  readonly sourcePath?: (path: string) => string;
}

/**
 * Returns variables, of which some have values from another model, file or checkpoint: for fine-tuning. Nothing is copied. Keras
 * `load_weights`, but what does not fit is never passed over in silence.
 *
 * @param variables - those of the model to train, such as `model.initialize(seed)`.
 * @param source - where values come from; may hold more than is taken.
 * @throws {DataError} `VARIABLE_TRANSFER`, with the names of all that the source lacks or has with another shape or dtype, or when
 * `only` is true of none.
 *
 * @example
 * const variables = transferVariables(model.initialize(1), pretrained.variables, {
 *   only: (path) => !path.startsWith('head/'),
 * });
 * const trainer = await createTrainer(model, { …, variables });
 */
export function transferVariables(
  variables: Variables<HostTensor>,
  source: Partial<Variables<HostTensor>>,
  { only = () => true, sourcePath = (path) => path }: TransferOptions = {},
): Variables<HostTensor> {
  const missing: string[] = [];
  const different: string[] = [];
  let taken = 0;
  const transferred = (role: keyof Variables<HostTensor>): Readonly<Record<string, HostTensor>> => {
    const given = source[role] ?? {};
    const value = (path: string, own: HostTensor): HostTensor => {
      if (!only(path)) return own;
      taken++;
      const from = sourcePath(path);
      const found = Object.hasOwn(given, from) ? given[from] : undefined;
      const label = from === path ? path : `${path} (from ${from})`;
      if (found === undefined) missing.push(label);
      else if (!isSameType(found, own))
        different.push(`${label}: ${typeText(found)} for ${typeText(own)}`);
      return found ?? own;
    };
    return Object.fromEntries(
      Object.entries(variables[role]).map(([path, own]) => [path, value(path, own)]),
    );
  };
  const result = { parameters: transferred('parameters'), state: transferred('state') };
  if (taken === 0) throw nothingTaken(variables);
  if (missing.length + different.length > 0) throw doesNotFit(missing, different, source);
  return result;
}

function isSameType(one: HostTensor, other: HostTensor): boolean {
  return one.dtype === other.dtype && shapesEqual(one.shape, other.shape);
}

function typeText({ dtype, shape }: HostTensor): string {
  return `${dtype}[${shape.join(', ')}]`;
}

function doesNotFit(
  missing: readonly string[],
  different: readonly string[],
  source: Partial<Variables<HostTensor>>,
): DataError {
  const parts = [
    ...(missing.length > 0 ? [`none for ${JSON.stringify(missing)}`] : []),
    ...(different.length > 0 ? [`another type for ${JSON.stringify(different)}`] : []),
  ];
  const names = [...Object.keys(source.parameters ?? {}), ...Object.keys(source.state ?? {})];
  return new DataError(
    'VARIABLE_TRANSFER',
    `transferVariables: the source must have a value for each variable that is taken, got ${parts.join(', and ')}.\nExpected names among those of the source, ${JSON.stringify(names)}.\nFix: leave the others out with "only", or translate names with "sourcePath".`,
    { details: { missing, different } },
  );
}

function nothingTaken(variables: Variables<HostTensor>): DataError {
  const names = [...Object.keys(variables.parameters), ...Object.keys(variables.state)];
  return new DataError(
    'VARIABLE_TRANSFER',
    `transferVariables: some variable must be taken, got "only" that is true of none of ${JSON.stringify(names)}.`,
    { details: { missing: [], different: [] } },
  );
}

import type { ProgramV1, ValueType } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import { shapesEqual } from '../dimension/index.ts';
import { formatType } from '../program/format-type.ts';

/** Output name to input name: the input is consumed by a run. */
export type Aliases = Readonly<Record<string, string>>;

/**
 * Checks that aliases name outputs and inputs, each input once, of one type.
 *
 * @throws {AttributeError} otherwise.
 */
export function requireAliases(program: ProgramV1, aliases: Aliases): void {
  const taken = new Map<string, string>();
  for (const [output, input] of Object.entries(aliases)) {
    const where = `${program.name} › alias of output "${output}"`;
    const to = portType(where, program, 'output', output);
    const from = portType(where, program, 'input', input);
    const earlier = taken.get(input);
    if (earlier !== undefined) {
      throw new AttributeError(
        'ALIAS_REPEATED',
        `${where}: an input is consumed by one output, got input "${input}", which output "${earlier}" consumes.`,
      );
    }
    taken.set(input, output);
    if (from.dtype !== to.dtype || !shapesEqual(from.shape, to.shape)) {
      throw new AttributeError(
        'ALIAS_TYPE',
        `${where}: both must have one type, got ${formatType(to)} for input "${input}" of ${formatType(from)}.`,
      );
    }
  }
}

function portType(
  where: string,
  program: ProgramV1,
  kind: 'input' | 'output',
  name: string,
): ValueType {
  const ports = kind === 'input' ? program.inputs : program.outputs;
  const port = ports.find((candidate) => candidate.name === name);
  const type = port === undefined ? undefined : program.values[port.value];
  if (type !== undefined) return type;
  throw new AttributeError(
    'ALIAS_UNKNOWN',
    `${where}: there is no such ${kind}, got ${JSON.stringify(name)}.\nExpected one of ${JSON.stringify(ports.slice(0, 8).map((candidate) => candidate.name))}.`,
  );
}

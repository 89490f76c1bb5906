import type { ProgramV1, ValueType } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import { shapesEqual } from '../dimension/index.ts';
import { didYouMean, listNames } from './closest-name.ts';

/** Which inputs and outputs of a program are aliased, each in the program's order. */
export interface Aliases {
  readonly inputs: readonly boolean[];
  readonly outputs: readonly boolean[];
}

/**
 * Resolves the option `aliases`.
 *
 * @throws {AttributeError} when an alias names no output or input, two name one input, or types differ.
 */
export function resolveAliases(
  program: ProgramV1,
  aliases: Readonly<Record<string, string>>,
): Aliases {
  const inputs = program.inputs.map(() => false);
  const outputs = program.outputs.map(() => false);
  for (const [outputName, inputName] of Object.entries(aliases)) {
    const where = `${program.name} › aliases › "${outputName}"`;
    const outputAt = program.outputs.findIndex(({ name }) => name === outputName);
    const inputAt = program.inputs.findIndex(({ name }) => name === inputName);
    const output = program.outputs[outputAt];
    const input = program.inputs[inputAt];
    if (output === undefined) throw unknownName(where, 'output', outputName, program.outputs);
    if (input === undefined) throw unknownName(where, 'input', inputName, program.inputs);
    if (inputs[inputAt] === true) {
      throw new AttributeError(
        'ALIAS_REPEATED',
        `${where}: an input can be taken by one output, got input "${inputName}" a second time.`,
      );
    }
    const from = program.values[input.value];
    const to = program.values[output.value];
    if (from === undefined || to === undefined || !sameType(from, to)) {
      throw new AttributeError(
        'ALIAS_TYPE',
        `${where}: output and input "${inputName}" must have one dtype and shape, got ${JSON.stringify(to)} and ${JSON.stringify(from)}.`,
      );
    }
    inputs[inputAt] = true;
    outputs[outputAt] = true;
  }
  return { inputs, outputs };
}

function sameType(a: ValueType, b: ValueType): boolean {
  return a.dtype === b.dtype && shapesEqual(a.shape, b.shape);
}

function unknownName(
  where: string,
  kind: 'input' | 'output',
  name: string,
  known: readonly { readonly name: string }[],
): AttributeError {
  const names = known.map((item) => item.name);
  return new AttributeError(
    'ALIAS_UNKNOWN',
    `${where}: the program has no ${kind} of this name, got "${name}".${didYouMean(name, names)}\nExpected one of: ${listNames(names)}.`,
  );
}

import type { ProgramV1, ScanAttributes, StructuralOperatorsV1, ValueType } from '@etalon/spec';
import { AttributeError, ProgramError, ShapeError } from '@etalon/spec';
import { dimensionFault, shapesEqual } from '../dimension/index.ts';
import { formatType } from '../program/format-type.ts';
import type { DefinitionsOf } from './definition.ts';
import { narrowScan } from './narrow-scan.ts';
import { requireBoolean, requireInteger } from './type-rules.ts';

/** Type of the index that a body gets. */
const iteration: ValueType = { dtype: 'int32', shape: [] };

/** Definition of the loop. */
export const structuralDefinitions: DefinitionsOf<keyof StructuralOperatorsV1> = {
  scan: {
    kind: 'structural',
    type: (operands, attributes) => {
      const { body, carried, stacked, length, reverse, draws, checkpoint = false } = attributes;
      requireInteger(carried, 0, 'carried');
      requireInteger(stacked, 0, 'stacked');
      requireBoolean(reverse, 'reverse');
      requireBoolean(checkpoint, 'checkpoint');
      if (draws !== 'append' && draws !== 'advance') {
        throw new AttributeError(
          'ATTRIBUTE_DRAWS',
          `draws must be "append" or "advance", got ${JSON.stringify(draws)}.`,
        );
      }
      const fault = dimensionFault(length);
      if (fault !== undefined) throw new ShapeError('SHAPE_SIZE', `length: ${fault}.`);
      if (carried + stacked > operands.length) {
        throw new ProgramError(
          'SCAN_BODY',
          `there must be an operand for every carried value and every stacked tensor, got ${operands.length} for ${carried} carried and ${stacked} stacked.`,
        );
      }
      const given = portTypes(body, body.inputs);
      const made = portTypes(body, body.outputs);
      const firsts = operands.slice(0, carried);
      const sliced = operands
        .slice(carried, carried + stacked)
        .map((type) => sliceType(type, length));
      const expected = [iteration, ...firsts, ...sliced, ...operands.slice(carried + stacked)];
      requireTypes('input', body.inputs, given, expected);
      requireTypes('output', body.outputs, made.slice(0, carried), firsts);
      const results = made
        .slice(carried)
        .map(({ dtype, shape }): ValueType => ({ dtype, shape: [length, ...shape] }));
      return [...firsts, ...results];
    },
    gradient: 'structural',
    mapDimensions: (attributes, map) => ({ ...attributes, length: map(attributes.length) }),
    mapBody: (attributes, map) => ({ ...attributes, body: map(attributes.body) }),
    narrow: narrowScan,
    repeats: ({ length }) => length,
  },
};

function portTypes(
  { name, values }: ProgramV1,
  ports: readonly { readonly name: string; readonly value: number }[],
): readonly ValueType[] {
  return ports.map((port) => {
    const type = values[port.value];
    if (type !== undefined) return type;
    throw new ProgramError(
      'PROGRAM_INVALID',
      `program "${name}": port "${port.name}" has no type, got value %${port.value}.`,
    );
  });
}

function sliceType(type: ValueType, length: ScanAttributes['length']): ValueType {
  const [first, ...shape] = type.shape;
  if (first !== undefined && shapesEqual([first], [length])) return { dtype: type.dtype, shape };
  throw new ProgramError(
    'SCAN_LENGTH',
    `the first axis of a stacked operand must be the number of iterations, got ${formatType(type)} for ${formatType({ dtype: type.dtype, shape: [length] })}.`,
  );
}

function requireTypes(
  kind: 'input' | 'output',
  ports: readonly { readonly name: string }[],
  actual: readonly ValueType[],
  expected: readonly ValueType[],
): void {
  if (actual.length !== expected.length) {
    throw new ProgramError(
      'SCAN_BODY',
      `the body must have ${expected.length} ${kind === 'input' ? 'inputs' : 'outputs for carried values'}, got ${actual.length}.`,
    );
  }
  expected.forEach((type, at) => {
    const own = actual[at];
    if (own?.dtype === type.dtype && shapesEqual(own.shape, type.shape)) return;
    throw new ProgramError(
      'SCAN_BODY',
      `${kind} "${ports[at]?.name}" of the body has the wrong type, got ${own === undefined ? 'none' : formatType(own)}.\nExpected ${formatType(type)}.`,
    );
  });
}

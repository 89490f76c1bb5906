import type { NodeV1, ProgramV1, ValueId, ValueType } from '@etalon/spec';
import { ProgramError, SpecificationVersionError, UnsupportedOperatorError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { operandCounts } from '../definitions/operand-counts.ts';
import { collectDimensionNames, elementCount, shapesEqual } from '../dimension/index.ts';
import { formatType } from './format-type.ts';

/**
 * Checks every invariant of a program: versions, single definition before use, operand counts, the operators'
 * type rules, constants' sizes, distinct names, and that names in shapes are bound by inputs.
 *
 * @throws {ProgramError} naming the node and the broken invariant.
 * @throws {SpecificationVersionError} for another version.
 * @throws {UnsupportedOperatorError} for an unknown operator.
 */
export function verifyProgram(program: ProgramV1): void {
  const version: string = program.specificationVersion;
  if (version !== 'v1') {
    throw new SpecificationVersionError(
      'VERSION_PROGRAM',
      `program "${program.name}" is of specification version ${JSON.stringify(version)}; this copy reads "v1".`,
    );
  }
  const defined = new Set<ValueId>();
  const define = (id: ValueId, by: string): void => {
    if (defined.has(id)) throw broken(program, `value %${id} is defined twice, got ${by}`);
    if (program.values[id] === undefined)
      throw broken(program, `value %${id} has no type, got ${by}`);
    defined.add(id);
  };
  for (const { name, value } of program.inputs) define(value, `input "${name}"`);
  for (const { value, path } of program.constants) define(value, `constant ${path}`);
  requireDistinct(
    program,
    'input',
    program.inputs.map((input) => input.name),
  );
  requireDistinct(
    program,
    'output',
    program.outputs.map((output) => output.name),
  );
  verifyConstants(program);
  for (const node of program.nodes) {
    verifyNode(program, node, defined);
    for (const id of node.outputs) define(id, node.path);
  }
  for (const { name, value } of program.outputs) {
    if (!defined.has(value))
      throw broken(program, `output "${name}" is not defined, got %${value}`);
  }
  verifyNames(program);
}

function verifyConstants(program: ProgramV1): void {
  for (const { value, path, tensor } of program.constants) {
    const type = program.values[value];
    const fits =
      type !== undefined &&
      type.dtype === tensor.dtype &&
      shapesEqual(type.shape, tensor.shape) &&
      elementCount(tensor.shape) === tensor.data.length;
    if (!fits) {
      throw broken(
        program,
        `constant ${path} does not fit its type, got ${tensor.dtype}[${tensor.shape.join(', ')}] with ${tensor.data.length} elements`,
      );
    }
  }
}

function verifyNode(program: ProgramV1, node: NodeV1, defined: ReadonlySet<ValueId>): void {
  if (!Object.hasOwn(operandCounts, node.operator)) {
    throw new UnsupportedOperatorError(
      'OPERATOR_UNKNOWN',
      `${node.path}: there is no operator ${JSON.stringify(node.operator)} in specification version v1.\nFix: update @etalon packages to a version that has it.`,
    );
  }
  const count = operandCounts[node.operator];
  const fits = count === 'variadic' ? node.inputs.length > 0 : node.inputs.length === count;
  if (!fits || node.outputs.length !== 1) {
    throw broken(
      program,
      `${node.path} takes ${count} operands and has one result, got ${node.inputs.length} and ${node.outputs.length}`,
    );
  }
  const types: ValueType[] = node.inputs.map((id) => {
    const type = program.values[id];
    if (type !== undefined && defined.has(id)) return type;
    throw broken(program, `${node.path} uses a value before its definition, got %${id}`);
  });
  const inferred = definitionOf(node.operator).type(types, node.attributes);
  const [output] = node.outputs;
  const declared = output === undefined ? undefined : program.values[output];
  if (
    declared === undefined ||
    declared.dtype !== inferred.dtype ||
    !shapesEqual(declared.shape, inferred.shape)
  ) {
    throw broken(
      program,
      `${node.path} has the wrong type, got ${declared ? formatType(declared) : 'none'} where the operator gives ${formatType(inferred)}`,
    );
  }
}

function verifyNames(program: ProgramV1): void {
  const bound = new Set<string>();
  for (const { value } of program.inputs) {
    for (const size of program.values[value]?.shape ?? []) {
      if (typeof size === 'string') bound.add(size);
    }
  }
  for (const { shape } of program.values) {
    const used = new Set<string>();
    for (const size of shape) collectDimensionNames(size, used);
    for (const name of used) {
      if (bound.has(name)) continue;
      throw new ProgramError(
        'PROGRAM_UNBOUND_SIZE',
        `program "${program.name}": size "${name}" is not an axis of any input, got bound sizes ${JSON.stringify([...bound])}.\nFix: give some input an axis of exactly this name.`,
      );
    }
  }
}

function requireDistinct(program: ProgramV1, kind: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw broken(program, `two ${kind}s have one name, got ${JSON.stringify(name)}`);
    seen.add(name);
  }
}

function broken(program: ProgramV1, what: string): ProgramError {
  return new ProgramError('PROGRAM_INVALID', `program "${program.name}": ${what}.`);
}

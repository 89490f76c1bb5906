import type { Dimension, DType, NodeV1, ProgramV1, ValueId, ValueType } from '@etalon/spec';
import {
  EtalonError,
  ProgramError,
  SpecificationVersionError,
  UnsupportedOperatorError,
} from '@etalon/spec';
import { resultTypesOf } from '../definitions/definition-of.ts';
import { operandCounts } from '../definitions/operand-counts.ts';
import {
  collectDimensionNames,
  dimensionFault,
  elementCount,
  shapesEqual,
} from '../dimension/index.ts';
import { atPath } from '../tracing/at-path.ts';
import { formatType } from './format-type.ts';
import { bodiesOf } from './map-bodies.ts';
import { mapNodeDimensions } from './map-dimensions.ts';

/**
 * Checks every invariant of a program: versions, single definition before use, operand counts, the operators'
 * type rules, dtypes and sizes, constants' data, distinct names, and that names of sizes are bound by inputs.
 *
 * @throws {ProgramError} naming the node and the broken invariant.
 * @throws {EtalonError} what an operator's type rule finds, with the node's path.
 * @throws {SpecificationVersionError} for another version.
 * @throws {UnsupportedOperatorError} for an unknown operator.
 */
export function verifyProgram(program: ProgramV1): void {
  verifyStructure(program);
  verifyNames(program);
}

// Everything but names of sizes: those of a body are bound by the program around it.
function verifyStructure(program: ProgramV1, depth = 0): void {
  requireVersion(program);
  if (typeof program.name !== 'string') {
    throw broken(program, `the program has no name, got ${JSON.stringify(program.name)}`);
  }
  const defined = new Set<ValueId>();
  const define = (id: ValueId, by: string): void => {
    if (defined.has(id)) throw broken(program, `value %${id} is defined twice, got ${by}`);
    if (program.values[id] === undefined)
      throw broken(program, `value %${id} has no type, got ${by}`);
    defined.add(id);
  };
  verifyTypes(program);
  for (const { name, value } of program.inputs) define(value, `input "${name}"`);
  for (const { value, path } of program.constants) define(value, `constant ${path}`);
  verifyPorts(program, 'input');
  verifyPorts(program, 'output');
  verifyConstants(program);
  for (const node of program.nodes) {
    verifyNode(program, node, defined, depth);
    for (const id of node.outputs) define(id, node.path);
  }
  for (const { name, value } of program.outputs) {
    if (!defined.has(value))
      throw broken(program, `output "${name}" is not defined, got %${value}`);
  }
  const orphan = program.values.findIndex((_, id) => !defined.has(id));
  if (orphan >= 0) throw broken(program, `value %${orphan} is defined by nothing`);
}

/**
 * Checks the version alone.
 *
 * @throws {SpecificationVersionError} for another version.
 */
export function requireVersion(program: Pick<ProgramV1, 'specificationVersion' | 'name'>): void {
  const version: string = program.specificationVersion;
  if (version === 'v1') return;
  throw new SpecificationVersionError(
    'VERSION_PROGRAM',
    `program "${program.name}": the specification version is not known, got ${JSON.stringify(version)}.\nExpected "v1".\nFix: update the @etalon packages to a version that reads it.`,
  );
}

const dtypes: Readonly<Record<DType, new () => unknown>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
};

function verifyTypes(program: ProgramV1): void {
  const sound = new Set<Dimension>();
  program.values.forEach(({ dtype, shape }, id) => {
    if (!Object.hasOwn(dtypes, dtype)) {
      throw broken(program, `value %${id} has no known dtype, got ${JSON.stringify(dtype)}`);
    }
    for (const size of shape) {
      if (sound.has(size)) continue;
      const fault = dimensionFault(size);
      if (fault !== undefined) throw broken(program, `value %${id}: ${fault}`);
      sound.add(size);
    }
  });
}

function verifyConstants(program: ProgramV1): void {
  for (const { value, path, tensor } of program.constants) {
    requirePath(program, path);
    const type = program.values[value];
    const fits =
      type !== undefined &&
      type.dtype === tensor.dtype &&
      shapesEqual(type.shape, tensor.shape) &&
      elementCount(tensor.shape) === tensor.data.length &&
      tensor.data instanceof dtypes[type.dtype] &&
      (type.dtype !== 'bool' || tensor.data.every((byte) => byte <= 1));
    if (!fits) {
      throw broken(
        program,
        `constant ${path} does not fit its type, got ${tensor.dtype}[${tensor.shape.join(', ')}] with ${tensor.data.length} elements in ${tensor.data.constructor.name}`,
      );
    }
  }
}

function verifyNode(
  program: ProgramV1,
  node: NodeV1,
  defined: ReadonlySet<ValueId>,
  depth: number,
): void {
  if (!Object.hasOwn(operandCounts, node.operator)) {
    throw new UnsupportedOperatorError(
      'OPERATOR_UNKNOWN',
      `${node.path}: there is no operator ${JSON.stringify(node.operator)} in specification version v1.\nFix: update @etalon packages to a version that has it.`,
    );
  }
  requirePath(program, node.path);
  const count = operandCounts[node.operator];
  const fits =
    count === 'any' ||
    (count === 'variadic' ? node.inputs.length > 0 : node.inputs.length === count);
  if (!fits) {
    throw broken(program, `${node.path} takes ${count} operands, got ${node.inputs.length}`);
  }
  const types: ValueType[] = node.inputs.map((id) => {
    const type = program.values[id];
    if (type !== undefined && defined.has(id)) return type;
    throw broken(program, `${node.path} uses a value before its definition, got %${id}`);
  });
  requireAttributes(program, node);
  verifyBodies(program, node, depth + 1);
  const inferred = inferTypes(program, node, types);
  if (node.outputs.length !== inferred.length) {
    throw broken(
      program,
      `${node.path} has ${inferred.length === 1 ? 'one result' : `${inferred.length} results`}, got ${node.outputs.length}`,
    );
  }
  inferred.forEach((type, at) => {
    const declared = program.values[node.outputs[at] ?? -1];
    if (declared?.dtype === type.dtype && shapesEqual(declared.shape, type.shape)) return;
    throw broken(
      program,
      `${node.path} has the wrong type, got ${declared ? formatType(declared) : 'none'} where the operator gives ${formatType(type)}`,
    );
  });
}

function requireAttributes(program: ProgramV1, node: NodeV1): void {
  if (typeof node.attributes === 'object' && node.attributes !== null) return;
  throw broken(program, `${node.path} has no attributes, got ${String(node.attributes)}`);
}

/** Loops within loops that a program may have: passes, printers and backends go into bodies by recursion. */
const depthLimit = 32;

function verifyBodies(program: ProgramV1, node: NodeV1, depth: number): void {
  for (const body of bodiesOf(node)) {
    if (typeof body !== 'object' || body === null || !Array.isArray(body.nodes)) {
      throw broken(
        program,
        `${node.path} has no body, got ${body === null ? 'null' : typeof body}`,
      );
    }
    if (depth > depthLimit) {
      throw broken(
        program,
        `${node.path}: bodies are nested too deep, got more than ${depthLimit}`,
      );
    }
    try {
      verifyStructure(body, depth);
    } catch (error) {
      if (EtalonError.isInstance(error)) throw atPath(error, node.path);
      // Checks rely on the parts of a program, which only typed callers keep.
      throw broken(program, `${node.path} has a malformed body`, error);
    }
  }
}

function requirePath(program: ProgramV1, path: string): void {
  if (typeof path === 'string') return;
  throw broken(program, `a path must be a text, got ${JSON.stringify(path)}`);
}

function inferTypes(
  program: ProgramV1,
  node: NodeV1,
  types: readonly ValueType[],
): readonly ValueType[] {
  try {
    return resultTypesOf(node.operator, types, node.attributes);
  } catch (error) {
    if (EtalonError.isInstance(error)) throw atPath(error, node.path);
    // Rules rely on the types of attributes, which only typed callers keep.
    throw broken(program, `${node.path} has malformed attributes`, error);
  }
}

function verifyNames(program: ProgramV1): void {
  const bound = new Set<string>();
  for (const { value } of program.inputs) {
    for (const size of program.values[value]?.shape ?? []) {
      if (typeof size === 'string') bound.add(size);
    }
  }
  const requireBound = (dimension: Dimension, where: () => string): void => {
    if (typeof dimension === 'number') return;
    const used = new Set<string>();
    collectDimensionNames(dimension, used);
    for (const name of used) {
      if (bound.has(name)) continue;
      throw new ProgramError(
        'PROGRAM_UNBOUND_SIZE',
        `program "${program.name}" › ${where()}: size "${name}" is not an axis of any input, got bound sizes ${JSON.stringify([...bound])}.\nFix: give some input an axis of exactly this name.`,
      );
    }
  };
  for (const { name, value } of program.inputs) {
    for (const size of program.values[value]?.shape ?? []) {
      requireBound(size, () => `input "${name}"`);
    }
  }
  for (const node of program.nodes) {
    const where = () => node.path;
    mapNodeDimensions(node, (dimension) => {
      const fault = dimensionFault(dimension);
      if (fault !== undefined) throw broken(program, `${node.path}: ${fault}`);
      requireBound(dimension, where);
      return dimension;
    });
    for (const id of node.outputs) {
      for (const size of program.values[id]?.shape ?? []) requireBound(size, where);
    }
  }
}

function verifyPorts(program: ProgramV1, kind: 'input' | 'output'): void {
  const ports = kind === 'input' ? program.inputs : program.outputs;
  const seen = new Set<string>();
  for (const { name } of ports) {
    if (typeof name !== 'string' || name === '') {
      throw broken(program, `an ${kind} has no name, got ${JSON.stringify(name)}`);
    }
    if (seen.has(name)) {
      throw broken(program, `two ${kind}s have one name, got ${JSON.stringify(name)}`);
    }
    seen.add(name);
  }
}

function broken(program: ProgramV1, what: string, cause?: unknown): ProgramError {
  return new ProgramError(
    'PROGRAM_INVALID',
    `program "${program.name}": ${what}.`,
    cause === undefined ? {} : { cause },
  );
}

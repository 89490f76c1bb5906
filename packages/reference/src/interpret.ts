import { bindInputShapes, evaluateDimension, evaluateShape } from '@etalon/compiler';
import type {
  DimensionBindings,
  HostTensor,
  NodeOf,
  NodeV1,
  ProgramV1,
  ValueId,
} from '@etalon/spec';
import { DTypeError, InternalError, UnsupportedOperatorError } from '@etalon/spec';
import { kernels } from './kernels/index.ts';
import type { KernelCall, KernelName } from './kernels/kernel.ts';
import type { ReferenceTensor } from './tensor.ts';
import { toFloat64 } from './tensor.ts';

/** Tensors by input name: rounded ones of the host, or unrounded ones of the reference. */
export type ReferenceInputs = Readonly<Record<string, HostTensor | ReferenceTensor>>;

/** What one reading of a program makes of its values: plain tensors, or tensors with bounds. */
export interface Interpretation<T> {
  /** Lifts an input or a constant. */
  readonly lift: (tensor: ReferenceTensor) => T;
  /** Applies a node to the values of its operands. */
  readonly apply: (node: NodeOf<KernelName>, operands: readonly T[], result: ResultType) => T;
  /** Cuts out one slice along the first axis. */
  readonly slice: (value: T, index: number) => T;
  /** Puts slices back together along a new first axis; `type` is that of the whole. */
  readonly stack: (slices: readonly T[], type: ReferenceType) => T;
}

/** Element type and concrete shape. */
export type ReferenceType = Pick<ReferenceTensor, 'dtype' | 'shape'>;

/** What is known of a node's result before it is computed. */
export type ResultType = Pick<KernelCall<KernelName>, 'dtype' | 'shape' | 'bindings' | 'where'>;

/**
 * Walks the nodes of a program in order and returns the values of its outputs by name. A value is dropped
 * after its last use.
 *
 * @throws {DataError} when an input is missing.
 * @throws {ShapeError} when the shape of an input does not fit.
 * @throws {DTypeError} when an input has another dtype than the program declares.
 * @throws {UnsupportedOperatorError} when a node is a random draw or an operator of a later version.
 */
export function interpretProgram<T>(
  program: ProgramV1,
  inputs: ReferenceInputs,
  interpretation: Interpretation<T>,
): Record<string, T> {
  const bindings = bindInputShapes(program, shapesOf(inputs));
  const operands = program.inputs.map(({ name, value }) =>
    interpretation.lift(readInput(program, inputs, name, value)),
  );
  const outputs = walk(program, operands, bindings, interpretation);
  return Object.fromEntries(program.outputs.map(({ name }, at) => [name, outputs[at] as T]));
}

/** Walks a program, or the body of a loop in one; inputs and outputs are in the program's order. */
function walk<T>(
  program: ProgramV1,
  inputs: readonly T[],
  bindings: DimensionBindings,
  interpretation: Interpretation<T>,
): readonly T[] {
  const values = new Map<ValueId, T>();
  program.inputs.forEach(({ value }, at) => {
    values.set(value, inputs[at] as T);
  });
  for (const { value, path, tensor } of program.constants) {
    values.set(
      value,
      interpretation.lift(toFloat64(tensor, `${program.name} › constant "${path}"`)),
    );
  }
  const lastUses = lastUsesOf(program);
  program.nodes.forEach((node, at) => {
    const operands = node.inputs.map((value) => readValue(program, values, value));
    const types = node.outputs.map((value) => resultTypeOf(program, node, value, bindings));
    const results = applyNode(program, node, { operands, types, bindings, interpretation });
    node.outputs.forEach((value, position) => {
      values.set(value, results[position] as T);
    });
    for (const value of [...node.inputs, ...node.outputs]) {
      if ((lastUses.get(value) ?? at) <= at) values.delete(value);
    }
  });
  return program.outputs.map(({ value }) => readValue(program, values, value));
}

interface Application<T> {
  readonly operands: readonly T[];
  readonly types: readonly ResultType[];
  readonly bindings: DimensionBindings;
  readonly interpretation: Interpretation<T>;
}

function applyNode<T>(program: ProgramV1, node: NodeV1, application: Application<T>): readonly T[] {
  if (node.operator === 'scan') return repeat(node, application);
  requireKernel(program, node);
  const { operands, types, interpretation } = application;
  return types.map((type) => interpretation.apply(node, operands, type));
}

/** Walks the body of a loop once for each iteration. */
function repeat<T>(
  { attributes }: NodeOf<'scan'>,
  { operands, types, bindings, interpretation }: Application<T>,
): readonly T[] {
  const { body, carried, stacked, reverse } = attributes;
  const length = evaluateDimension(attributes.length, bindings);
  let state = operands.slice(0, carried);
  const wholes = operands.slice(carried, carried + stacked);
  const invariants = operands.slice(carried + stacked);
  const rows: T[][] = types.slice(carried).map(() => []);
  for (let step = 0; step < length; step++) {
    const index = reverse ? length - 1 - step : step;
    const iteration = interpretation.lift({
      dtype: 'int32',
      shape: [],
      data: Float64Array.of(index),
    });
    const slices = wholes.map((whole) => interpretation.slice(whole, index));
    const inputs = [iteration, ...state, ...slices, ...invariants];
    const outputs = walk(body, inputs, bindings, interpretation);
    state = outputs.slice(0, carried);
    rows.forEach((row, at) => {
      row[index] = outputs[carried + at] as T;
    });
  }
  const results = rows.map((row, at) =>
    interpretation.stack(row, types[carried + at] as ResultType),
  );
  return [...state, ...results];
}

/** Computes a node with its kernel. */
export function applyKernel<K extends KernelName>(
  node: NodeOf<K>,
  inputs: readonly ReferenceTensor[],
  result: ResultType,
): ReferenceTensor {
  const kernel = kernels[node.operator];
  const { dtype, shape } = result;
  return { dtype, shape, data: kernel({ inputs, attributes: node.attributes, ...result }) };
}

/**
 * Checks that a node can be computed.
 *
 * @throws {UnsupportedOperatorError} when it is a random draw or an operator of a later version.
 */
export function requireKernel(
  program: ProgramV1,
  node: NodeV1,
): asserts node is NodeV1 & NodeOf<KernelName> {
  if (Object.hasOwn(kernels, node.operator)) return;
  throw new UnsupportedOperatorError(
    'OPERATOR_UNSUPPORTED',
    `${program.name} › ${node.path}: the reference has no kernel for this operator, got ${JSON.stringify(node.operator)}.\nFix: prepare the program first, which turns random draws into inputs.`,
    { details: { operator: node.operator, path: node.path } },
  );
}

function shapesOf(inputs: ReferenceInputs): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
}

function readInput(
  program: ProgramV1,
  inputs: ReferenceInputs,
  name: string,
  value: ValueId,
): ReferenceTensor {
  const where = `${program.name} › input ${JSON.stringify(name)}`;
  const tensor = inputs[name];
  const declared = program.values[value];
  if (tensor === undefined || declared === undefined) {
    throw new InternalError('INTERNAL_VALUE', `${where}: has no value, got value %${value}.`);
  }
  if (tensor.dtype !== declared.dtype) {
    throw new DTypeError(
      'DTYPE_INPUT',
      `${where}: dtype must be ${declared.dtype}, got ${tensor.dtype}.`,
      { details: { input: name, expected: declared.dtype, received: tensor.dtype } },
    );
  }
  return toFloat64(tensor, where);
}

function readValue<T>(program: ProgramV1, values: ReadonlyMap<ValueId, T>, value: ValueId): T {
  const found = values.get(value);
  if (found !== undefined) return found;
  throw new InternalError(
    'INTERNAL_VALUE',
    `${program.name}: value %${value} is used before it is defined. This is a bug in @etalon/reference or in the program's verifier.`,
  );
}

function resultTypeOf(
  program: ProgramV1,
  node: NodeV1,
  value: ValueId,
  bindings: DimensionBindings,
): ResultType {
  const type = program.values[value];
  if (type === undefined) {
    throw new InternalError(
      'INTERNAL_VALUE',
      `${program.name}: value %${value} has no type. This is a bug in the program's verifier.`,
    );
  }
  const { dtype, shape } = type;
  const where = `${program.name} › ${node.path}`;
  return { dtype, shape: evaluateShape(shape, bindings), bindings, where };
}

// Index of the last node that reads each value; outputs are read after all nodes.
function lastUsesOf(program: ProgramV1): Map<ValueId, number> {
  const uses = new Map<ValueId, number>();
  program.nodes.forEach(({ inputs }, at) => {
    for (const value of inputs) uses.set(value, at);
  });
  for (const { value } of program.outputs) uses.set(value, program.nodes.length);
  return uses;
}

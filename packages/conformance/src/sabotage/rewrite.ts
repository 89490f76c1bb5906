import type { ScanResult, Tensor, TensorType } from '@etalon/compiler';
import { bodiesOf, constant, emit, pad, scan, slice, tensor, traceProgram } from '@etalon/compiler';
import type {
  BackendV1,
  NodeOf,
  NodeV1,
  OperatorName,
  OperatorsV1,
  ProgramV1,
  ScanAttributes,
  StructuralOperatorsV1,
  ValueId,
} from '@etalon/spec';
import { InternalError } from '@etalon/spec';

/** Operators with one result, which is what a wrong version replaces. */
type PlainOperator = Exclude<OperatorName, keyof StructuralOperatorsV1>;

/** What a wrong backend sees of a node that it replaces. */
export interface Replaced<K extends PlainOperator> {
  readonly inputs: readonly Tensor[];
  readonly attributes: OperatorsV1[K];
  /** Number of loops around the node. */
  readonly loops: number;
  /** Adds the node as it should be. */
  readonly right: () => Tensor;
}

/** Wrong versions of some operators; `undefined` leaves a node as it is. */
export type WrongOperators = {
  readonly [K in PlainOperator]?: (node: Replaced<K>) => Tensor | undefined;
};

/** Results of a loop, in order. */
export type LoopResult = ScanResult<readonly Tensor[], readonly Tensor[]>;

/** A loop, as a wrong backend sees it. */
export interface Loop {
  readonly attributes: ScanAttributes;
  readonly carried: readonly Tensor[];
  readonly wholes: readonly Tensor[];
  readonly step: (
    carried: readonly Tensor[],
    slices: readonly Tensor[],
    iteration: Tensor,
  ) => LoopResult;
}

/** Adds a loop as it should be. */
export function rightLoop({ attributes, carried, wholes, step }: Loop): LoopResult {
  const { length, reverse, draws } = attributes;
  return scan(step, { carried, stacked: wholes, length, reverse, draws });
}

/** What a backend gets wrong. */
export interface Sabotage {
  readonly operators?: WrongOperators;
  readonly loop?: (loop: Loop) => LoopResult;
}

/** Returns a backend that compiles another program than it was given. */
export function withSabotage(backend: BackendV1, sabotage: Sabotage): BackendV1 {
  return {
    specificationVersion: 'v1',
    name: backend.name,
    manifest: { ...backend.manifest, precision: 'cpu' },
    compile: (program, options) => backend.compile(rewrite(program, sabotage), options),
    upload: (tensor) => backend.upload(tensor),
    dispose: () => backend.dispose(),
  };
}

function isSpoilt({ nodes }: ProgramV1, sabotage: Sabotage): boolean {
  const { operators = {}, loop } = sabotage;
  return nodes.some(
    (node) =>
      (node.operator === 'scan' ? loop : operators[node.operator]) !== undefined ||
      bodiesOf(node).some((body) => isSpoilt(body, sabotage)),
  );
}

function rewrite(program: ProgramV1, sabotage: Sabotage): ProgramV1 {
  if (!isSpoilt(program, sabotage)) return program;
  const typeOf = (id: ValueId): TensorType => {
    const type = program.values[id];
    return tensor(type?.dtype ?? 'float32', type?.shape ?? []);
  };
  const types = Object.fromEntries(program.inputs.map(({ name, value }) => [name, typeOf(value)]));
  return traceProgram(program.name, types, (symbols) => {
    const inputs = program.inputs.map(({ name }) => symbols[name] as Tensor);
    const outputs = replay(program, inputs, sabotage, 0);
    return Object.fromEntries(program.outputs.map(({ name }, at) => [name, outputs[at]]));
  });
}

/** Adds the nodes of a program, or of a body, to the trace that is open; inputs and outputs in its order. */
function replay(
  program: ProgramV1,
  inputs: readonly Tensor[],
  sabotage: Sabotage,
  loops: number,
): readonly Tensor[] {
  const tensors = new Map<ValueId, Tensor>();
  const find = (id: ValueId): Tensor => {
    const found = tensors.get(id);
    if (found !== undefined) return found;
    throw new InternalError('INTERNAL_VALUE', `sabotage: %${id} is not defined.`);
  };
  program.inputs.forEach(({ value }, at) => {
    tensors.set(value, operand(inputs, at));
  });
  for (const { value, tensor: data } of program.constants) tensors.set(value, constant(data));
  for (const node of program.nodes) {
    const operands = node.inputs.map(find);
    const results =
      node.operator === 'scan'
        ? repeat(node, operands, sabotage, loops)
        : [replace(node, operands, sabotage, loops)];
    node.outputs.forEach((id, at) => {
      tensors.set(id, operand(results, at));
    });
  }
  return program.outputs.map(({ value }) => find(value));
}

function repeat(
  { attributes }: NodeOf<'scan'>,
  inputs: readonly Tensor[],
  sabotage: Sabotage,
  loops: number,
): readonly Tensor[] {
  const { body, carried, stacked } = attributes;
  const invariants = inputs.slice(carried + stacked);
  const { loop = rightLoop } = sabotage;
  const results = loop({
    attributes,
    carried: inputs.slice(0, carried),
    wholes: inputs.slice(carried, carried + stacked),
    step: (state, slices, iteration) => {
      const given = [iteration, ...state, ...slices, ...invariants];
      const outputs = replay(body, given, sabotage, loops + 1);
      return { carried: outputs.slice(0, carried), stacked: outputs.slice(carried) };
    },
  });
  return [...results.carried, ...results.stacked];
}

function replace(
  node: Exclude<NodeV1, NodeOf<'scan'>>,
  inputs: readonly Tensor[],
  { operators = {} }: Sabotage,
  loops: number,
): Tensor {
  const { operator, attributes } = node;
  const right = (): Tensor =>
    emit<'identity'>(operator as 'identity', inputs as readonly [Tensor], attributes);
  const rule = operators[operator] as
    | ((node: Replaced<PlainOperator>) => Tensor | undefined)
    | undefined;
  return rule?.({ inputs, attributes, loops, right }) ?? right();
}

/** Returns the operand at a position. */
export function operand(inputs: readonly Tensor[], at: number): Tensor {
  const found = inputs[at];
  if (found !== undefined) return found;
  throw new InternalError('INTERNAL_VALUE', `sabotage: there is no operand ${at}.`);
}

/** Sizes of a tensor whose shape has no names; `undefined` for others, which are left as they are. */
export function fixedShape({ shape }: Tensor): readonly number[] | undefined {
  const sizes = shape.filter((size) => typeof size === 'number');
  return sizes.length === shape.length ? sizes : undefined;
}

/** Cuts off or fills up with zeros to a shape, so that a wrong result still has the right form. */
export function cropOrPad(x: Tensor, shape: readonly number[]): Tensor {
  const own = fixedShape(x) ?? shape;
  const sizes = own.map((size, axis) => Math.min(size, shape[axis] ?? size));
  const cut = slice(x, { starts: own.map(() => 0), sizes });
  return pad(cut, {
    before: own.map(() => 0),
    after: sizes.map((size, axis) => (shape[axis] ?? size) - size),
  });
}

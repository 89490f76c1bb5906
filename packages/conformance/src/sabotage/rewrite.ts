import type { Tensor, TensorType } from '@etalon/compiler';
import { constant, emit, pad, slice, tensor, traceProgram } from '@etalon/compiler';
import type {
  BackendV1,
  NodeV1,
  OperatorName,
  OperatorsV1,
  ProgramV1,
  ValueId,
} from '@etalon/spec';
import { InternalError } from '@etalon/spec';

/** What a wrong backend sees of a node that it replaces. */
export interface Replaced<K extends OperatorName> {
  readonly inputs: readonly Tensor[];
  readonly attributes: OperatorsV1[K];
  /** Adds the node as it should be. */
  readonly right: () => Tensor;
}

/** Wrong versions of some operators; `undefined` leaves a node as it is. */
export type WrongOperators = {
  readonly [K in OperatorName]?: (node: Replaced<K>) => Tensor | undefined;
};

/** Returns a backend that compiles another program than it was given. */
export function withWrongOperators(backend: BackendV1, wrong: WrongOperators): BackendV1 {
  return {
    specificationVersion: 'v1',
    name: backend.name,
    manifest: { ...backend.manifest, precision: 'cpu' },
    compile: (program, options) => backend.compile(rewrite(program, wrong), options),
    upload: (tensor) => backend.upload(tensor),
    dispose: () => backend.dispose(),
  };
}

function rewrite(program: ProgramV1, wrong: WrongOperators): ProgramV1 {
  if (!program.nodes.some(({ operator }) => wrong[operator] !== undefined)) return program;
  const typeOf = (id: ValueId): TensorType => {
    const type = program.values[id];
    return tensor(type?.dtype ?? 'float32', type?.shape ?? []);
  };
  const types = Object.fromEntries(program.inputs.map(({ name, value }) => [name, typeOf(value)]));
  return traceProgram(program.name, types, (symbols) => {
    const tensors = new Map<ValueId, Tensor>();
    const find = (id: ValueId): Tensor => {
      const found = tensors.get(id);
      if (found !== undefined) return found;
      throw new InternalError('INTERNAL_VALUE', `sabotage: %${id} is not defined.`);
    };
    for (const { name, value } of program.inputs) {
      const symbol = symbols[name];
      if (symbol !== undefined) tensors.set(value, symbol);
    }
    for (const { value, tensor: data } of program.constants) tensors.set(value, constant(data));
    for (const node of program.nodes) {
      const [output = -1] = node.outputs;
      tensors.set(output, replace(node, node.inputs.map(find), wrong));
    }
    return Object.fromEntries(program.outputs.map(({ name, value }) => [name, find(value)]));
  });
}

function replace(node: NodeV1, inputs: readonly Tensor[], wrong: WrongOperators): Tensor {
  const { operator, attributes } = node;
  const right = (): Tensor =>
    emit<'identity'>(operator as 'identity', inputs as readonly [Tensor], attributes);
  const rule = wrong[operator] as
    | ((node: Replaced<OperatorName>) => Tensor | undefined)
    | undefined;
  return rule?.({ inputs, attributes, right }) ?? right();
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

import { bindInputShapes, evaluateShape } from '@etalon/compiler';
import type { HostTensor, NodeOf, OperatorName, ProgramV1, ValueId } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { KernelCall } from './kernels.ts';
import { kernels } from './kernels.ts';

/**
 * Returns the outputs of a program by name.
 *
 * @throws {ShapeError} when the inputs' shapes are not those of the program.
 */
export function evaluate(
  program: ProgramV1,
  inputs: ReadonlyMap<string, HostTensor>,
): readonly (readonly [string, HostTensor])[] {
  const shapes = Object.fromEntries([...inputs].map(([name, { shape }]) => [name, shape]));
  const bindings = bindInputShapes(program, shapes);
  const values = new Map<ValueId, HostTensor>();
  // Every value is defined before it is used: the compiler has verified the program.
  const lookUp = (id: ValueId): HostTensor => values.get(id) as HostTensor;
  for (const { name, value } of program.inputs) values.set(value, inputs.get(name) as HostTensor);
  for (const { value, tensor } of program.constants) values.set(value, tensor);
  for (const node of program.nodes) {
    const [output = -1] = node.outputs;
    const { dtype = 'float32', shape = [] } = program.values[output] ?? {};
    const type = { dtype, shape: evaluateShape(shape, bindings) };
    const data = compute(node, { ...type, operands: node.inputs.map(lookUp), bindings });
    values.set(output, { ...type, data } as HostTensor);
  }
  return program.outputs.map(({ name, value }) => [name, lookUp(value)]);
}

function compute<K extends OperatorName>(
  { operator, attributes, path }: NodeOf<K>,
  call: Omit<KernelCall<K>, 'attributes'>,
): HostTensor['data'] {
  const kernel = kernels[operator];
  if (kernel !== undefined) return kernel.compute({ ...call, attributes });
  throw new InternalError(
    'INTERNAL_OPERATOR',
    `${path}: compile() must have refused a node without a kernel, got ${JSON.stringify(operator)}.`,
  );
}

import type { NodeV1, ProgramV1, ValueId } from '@etalon/spec';
import { formatDimension } from '../dimension/index.ts';
import { formatType } from './format-type.ts';
import { bodiesOf, withoutBodies } from './map-bodies.ts';

/**
 * Prints a program, one line per node: `%3: float32[batch, 10] = matmul(%1, %2)  # dense_1 › matmul`.
 *
 * Equal programs print equally. Constants that are not scalars show their size alone.
 */
export function printProgram(program: ProgramV1): string {
  const typed = (id: ValueId): string => {
    const type = program.values[id];
    return `%${id}: ${type ? formatType(type) : '?'}`;
  };
  const lines = [`program ${JSON.stringify(program.name)} (`];
  for (const { name, value } of program.inputs) lines.push(`  ${typed(value)} = input ${name}`);
  lines.push(') {');
  for (const { value, path, tensor } of program.constants) {
    const [only] = tensor.data;
    const shown =
      tensor.shape.length === 0 ? printAttribute(only) : `<${tensor.data.length} elements>`;
    lines.push(`  ${typed(value)} = constant ${shown}  # ${path}`);
  }
  for (const node of program.nodes) {
    const results = node.outputs.map(typed).join(', ');
    lines.push(`  ${results} = ${printApplication(node)}  # ${node.path}`);
    for (const body of bodiesOf(node)) {
      lines.push(
        ...printProgram(body)
          .split('\n')
          .map((line) => `    ${line}`),
      );
    }
  }
  lines.push('} -> (');
  for (const { name, value } of program.outputs) lines.push(`  ${name} = %${value}`);
  lines.push(')');
  return lines.join('\n');
}

function printApplication(node: NodeV1): string {
  const operands = node.inputs.map((id) => `%${id}`);
  // Bodies have lines of their own.
  const attributes = Object.entries(withoutBodies(node)).map(
    ([name, value]) => `${name}=${printAttribute(value)}`,
  );
  return `${node.operator}(${[...operands, ...attributes].join(', ')})`;
}

function printAttribute(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printAttribute).join(', ')}]`;
  if (typeof value === 'object' && value !== null && 'terms' in value) {
    return formatDimension(value as Parameters<typeof formatDimension>[0]);
  }
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

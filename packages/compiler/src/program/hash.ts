import type { HostTensor, NodeV1, ProgramV1, ValueId } from '@etalon/spec';
import { encodeUtf8 } from '../random/utf8.ts';
import { fnv1a64 } from './fnv.ts';
import { formatShape } from './format-type.ts';
import { bodiesOf, withoutBodies } from './map-bodies.ts';

/**
 * Returns a hash of a program's structure: names and types of inputs, operators, attributes, constants' data and
 * names of outputs. Value numbers, the program's name and paths do not count, so two programs that compute the
 * same thing in the same way, node by node, have one hash.
 *
 * @returns 16 hexadecimal digits.
 */
export function hashProgram(program: ProgramV1): string {
  const order = new Map<ValueId, number>();
  const number = (id: ValueId): number => {
    const known = order.get(id);
    if (known !== undefined) return known;
    order.set(id, order.size);
    return order.size - 1;
  };
  const parts: string[] = [];
  const type = (id: ValueId): string => {
    const value = program.values[id];
    return value === undefined ? '?' : value.dtype + formatShape(value.shape);
  };
  for (const { name, value } of program.inputs) {
    parts.push(`i ${number(value)} ${JSON.stringify(name)} ${type(value)}`);
  }
  for (const { value, tensor } of program.constants) {
    parts.push(`c ${number(value)} ${type(value)} ${hashData(tensor)}`);
  }
  for (const node of program.nodes) {
    const { operator, inputs, outputs } = node;
    parts.push(
      `n ${operator} ${inputs.map(number).join()} ${outputs.map(number).join()} ${attributesKey(node)}`,
    );
  }
  for (const { name, value } of program.outputs) {
    parts.push(`o ${JSON.stringify(name)} ${number(value)}`);
  }
  return fnv1a64(encodeUtf8(parts.join('\n')));
}

function hashData({ data }: HostTensor): string {
  return fnv1a64(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** Text that is the same for equal attributes: {@link stableJson}, with the hash of a body in the body's place. */
export function attributesKey(node: NodeV1): string {
  return [stableJson(withoutBodies(node)), ...bodiesOf(node).map(hashProgram)].join(' ');
}

/** JSON with object keys in sorted order; -0 and non-finite numbers keep their identity. */
export function stableJson(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `[${value.map(stableJson).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${key}:${stableJson(inner)}`).join()}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

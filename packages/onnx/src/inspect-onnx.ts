import { decodeModel } from './codec/decode-model.ts';
import { dataTypeName } from './codec/element-types.ts';
import type { ModelProto, NodeProto, ValueInfoProto } from './schema/onnx-pb.ts';

/** Input or output of an ONNX model. */
export interface OnnxPort {
  readonly name: string;
  /** ONNX's name of the element type (`FLOAT`); `undefined` for anything but a tensor. */
  readonly elementType: string | undefined;
  /** Sizes: a number, the name of a size, or `undefined` where the file leaves it open. */
  readonly shape: readonly (number | string | undefined)[];
}

/** Node of an ONNX graph. */
export interface OnnxNode {
  /** Empty where the file gives it no name. */
  readonly name: string;
  readonly operator: string;
}

/** What an ONNX file holds. */
export interface OnnxDescription {
  readonly irVersion: number;
  /** Version of each operator set by domain; ONNX's own domain is the empty string. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  /** Inputs that a caller supplies; those with a value in the file are left out. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** Elements of all values in the file. */
  readonly parameters: number;
  /** Number of nodes by operator, those in bodies of loops included, in the order of their first use. */
  readonly operators: Readonly<Record<string, number>>;
  /** Nodes in the order of the file; the nodes of a body, such as that of a loop, follow the node that has it. */
  readonly nodes: readonly OnnxNode[];
}

/**
 * Describes the bytes of an `.onnx` file without running it.
 *
 * @param options - `where` names the source in messages, such as a file name.
 * @throws {SerializationError} `ONNX_CORRUPT` for empty, truncated, damaged or foreign bytes; `ONNX_NO_GRAPH` without a
 * graph; `ONNX_TOO_LARGE` above 2 GiB.
 */
export function inspectOnnx(
  bytes: Uint8Array,
  options: { readonly where?: string } = {},
): OnnxDescription {
  const model = decodeModel(bytes, { where: options.where ?? 'inspectOnnx' });
  const { initializer = [], input = [], node = [], output = [] } = model.graph ?? {};
  const held = new Set(initializer.map(({ name }) => name));
  const nodes = nodesOf(node);
  const operators: Record<string, number> = {};
  for (const { operator } of nodes) operators[operator] = (operators[operator] ?? 0) + 1;
  return {
    irVersion: Number(model.irVersion),
    opsets: opsetsOf(model),
    producer: model.producerName,
    inputs: input.filter(({ name }) => !held.has(name)).map(portOf),
    outputs: output.map(portOf),
    parameters: initializer.reduce((total, { dims }) => total + countOf(dims), 0),
    operators,
    nodes,
  };
}

function nodesOf(nodes: readonly NodeProto[]): readonly OnnxNode[] {
  return nodes.flatMap(({ name, opType, attribute }) => [
    { name, operator: opType },
    ...attribute.flatMap(({ g, graphs }) =>
      [...(g === undefined ? [] : [g]), ...graphs].flatMap((body) => nodesOf(body.node)),
    ),
  ]);
}

function opsetsOf({ opsetImport }: ModelProto): Readonly<Record<string, number>> {
  return Object.fromEntries(opsetImport.map(({ domain, version }) => [domain, Number(version)]));
}

function countOf(dims: readonly bigint[]): number {
  return dims.reduce((product, size) => product * Number(size), 1);
}

function portOf({ name, type }: ValueInfoProto): OnnxPort {
  if (type?.value.case !== 'tensorType') return { name, elementType: undefined, shape: [] };
  const { elemType, shape } = type.value.value;
  return {
    name,
    elementType: dataTypeName(elemType),
    shape: (shape?.dim ?? []).map(({ value }) =>
      value.case === 'dimValue' ? Number(value.value) : value.value,
    ),
  };
}

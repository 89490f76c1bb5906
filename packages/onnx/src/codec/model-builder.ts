import { create } from '@bufbuild/protobuf';

import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  StringStringEntryProto,
  TensorProto,
  TensorShapeProto_Dimension,
  ValueInfoProto,
} from '../schema/onnx-pb.ts';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from '../schema/onnx-pb.ts';
import type { WritableElementType } from './element-types.ts';
import { dataTypes } from './element-types.ts';

/** Free-form metadata; entries are written in the object's own order of keys. */
export type Metadata = Readonly<Record<string, string>>;

/** Fields of {@link createValueInfo}. */
export interface ValueInfoInit {
  readonly name: string;
  readonly dtype: WritableElementType;
  /**
   * One entry per axis: a size, a name bound at run time, or null if nothing is known. Left out for
   * an unknown rank.
   */
  readonly dims?: readonly (number | string | null)[];
  readonly docString?: string;
}

/** Fields of {@link createNode}. */
export interface NodeInit {
  readonly opType: string;
  /** Names of the inputs; an empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  /** Operator domain; left out for ONNX's own operators. */
  readonly domain?: string;
  readonly attributes?: readonly AttributeProto[];
  readonly docString?: string;
}

/** Fields of {@link createGraph}. */
export interface GraphInit {
  readonly name: string;
  /** Nodes in topological order. */
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly initializers?: readonly TensorProto[];
  /** Types of intermediate values. */
  readonly valueInfo?: readonly ValueInfoProto[];
  readonly docString?: string;
}

/** Fields of {@link createModel}. */
export interface ModelInit {
  readonly graph: GraphProto;
  /** Version of the IR, ONNX's file format; readers refuse what is newer than they are. */
  readonly irVersion: number;
  /** Operator set version by domain; `''` is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Default: `etalon`. */
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly docString?: string;
  readonly metadata?: Metadata;
}

/** Returns the declaration of a tensor value: its name, element type and shape. */
export function createValueInfo(init: ValueInfoInit): ValueInfoProto {
  const tensor = create(TypeProto_TensorSchema, { elemType: dataTypes[init.dtype] });
  if (init.dims !== undefined) {
    tensor.shape = create(TensorShapeProtoSchema, { dim: init.dims.map(createDimension) });
  }
  return create(ValueInfoProtoSchema, {
    name: init.name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
    ...(init.docString === undefined ? {} : { docString: init.docString }),
  });
}

/** Returns one use of an operator. */
export function createNode(init: NodeInit): NodeProto {
  return create(NodeProtoSchema, {
    opType: init.opType,
    input: [...init.inputs],
    output: [...init.outputs],
    attribute: [...(init.attributes ?? [])],
    ...(init.name === undefined ? {} : { name: init.name }),
    ...(init.domain === undefined ? {} : { domain: init.domain }),
    ...(init.docString === undefined ? {} : { docString: init.docString }),
  });
}

/** Returns a graph: the main one of a model, or a body for `graphAttribute`. */
export function createGraph(init: GraphInit): GraphProto {
  return create(GraphProtoSchema, {
    name: init.name,
    node: [...init.nodes],
    input: [...init.inputs],
    output: [...init.outputs],
    initializer: [...(init.initializers ?? [])],
    valueInfo: [...(init.valueInfo ?? [])],
    ...(init.docString === undefined ? {} : { docString: init.docString }),
  });
}

/** Returns a model: a graph with the versions that give it meaning. */
export function createModel(init: ModelInit): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: BigInt(init.irVersion),
    producerName: init.producerName ?? 'etalon',
    graph: init.graph,
    opsetImport: Object.entries(init.opsets).map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    metadataProps: createMetadata(init.metadata ?? {}),
    ...(init.producerVersion === undefined ? {} : { producerVersion: init.producerVersion }),
    ...(init.docString === undefined ? {} : { docString: init.docString }),
  });
}

function createDimension(size: number | string | null): TensorShapeProto_Dimension {
  if (size === null) {
    return create(TensorShapeProto_DimensionSchema);
  }
  return create(TensorShapeProto_DimensionSchema, {
    value:
      typeof size === 'string'
        ? { case: 'dimParam', value: size }
        : { case: 'dimValue', value: BigInt(size) },
  });
}

function createMetadata(metadata: Metadata): StringStringEntryProto[] {
  return Object.entries(metadata).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
}

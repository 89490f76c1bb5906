import { readFileSync } from 'node:fs';
import type { JsonValue } from '@bufbuild/protobuf';
import { decodeModel } from '../../src/codec/decode-model.ts';
import type { ModelProto } from '../../src/schema/onnx-pb.ts';

/** Names of the files that tools/goldens/onnx/make_models.py writes. */
export type GoldenName = 'dense' | 'control-flow' | 'tensor-types' | 'every-field';

export const goldenNames: readonly GoldenName[] = [
  'dense',
  'control-flow',
  'tensor-types',
  'every-field',
];

export interface GoldenTensor {
  readonly dims: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}

interface GoldenFile {
  readonly sha256: string;
  readonly checkedByOnnx: boolean;
  /** The model in protobuf's JSON mapping, as the official Python package prints it. */
  readonly content: JsonValue;
  readonly elements?: Readonly<Record<string, readonly string[]>>;
  readonly onnxruntime?: {
    readonly feeds: Readonly<Record<string, GoldenTensor>>;
    readonly outputs: Readonly<Record<string, GoldenTensor>>;
  };
}

interface Goldens {
  readonly versions: Readonly<Record<string, string>>;
  readonly schema: {
    /** Field name to number, type, repetition and packing. */
    readonly messages: Readonly<
      Record<string, Readonly<Record<string, readonly [number, string, boolean, boolean]>>>
    >;
    readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  readonly files: Readonly<Record<GoldenName, GoldenFile>>;
}

const folder = new URL('../fixtures/', import.meta.url);

export const goldens: Goldens = JSON.parse(
  readFileSync(new URL('goldens.json', folder), 'utf8'),
) as Goldens;

export function goldenBytes(name: GoldenName): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder)));
}

export function goldenModel(name: GoldenName): ModelProto {
  return decodeModel(goldenBytes(name), { where: `${name}.onnx` });
}

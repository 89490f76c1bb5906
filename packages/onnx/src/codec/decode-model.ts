import { fromBinary } from '@bufbuild/protobuf';
import type { ErrorDetails } from '@etalon/spec';
import { SerializationError } from '@etalon/spec';

import type { ModelProto } from '../schema/onnx-pb.ts';
import { ModelProtoSchema } from '../schema/onnx-pb.ts';
import { findWireFault } from './find-wire-fault.ts';
import { MAX_MESSAGE_DEPTH, MAX_MODEL_BYTES } from './limits.ts';

/** Options of {@link decodeModel}. */
export interface DecodeModelOptions {
  /** Names the source in error messages, such as a file name. Default: `decodeModel`. */
  readonly where?: string;
}

const EXPECTED =
  'Expected the bytes of an ONNX file: a serialized ModelProto with a graph.\n' +
  'Fix: export or download the file again; an .onnx file holds one binary protobuf message.';

/**
 * Returns the model in the bytes of an ONNX file.
 *
 * The wire format is checked against the schema; whether the graph makes sense is not. Byte fields,
 * `raw_data` among them, are views of `bytes`, which must not change while the model is used.
 * Fields of newer ONNX versions are kept and written again by `encodeModel`.
 *
 * @throws {SerializationError} `ONNX_CORRUPT` for empty, truncated, damaged or foreign bytes;
 * `ONNX_NO_GRAPH` for a well-formed message without a graph; `ONNX_TOO_LARGE` above 2 GiB.
 * @see ONNX IR, "Serialization"
 */
export function decodeModel(bytes: Uint8Array, options: DecodeModelOptions = {}): ModelProto {
  const where = options.where ?? 'decodeModel';
  if (bytes.length > MAX_MODEL_BYTES) {
    throw new SerializationError(
      'ONNX_TOO_LARGE',
      `${where}: the bytes cannot be one ONNX model, got ${bytes.length} of them.\n` +
        `Expected at most ${MAX_MODEL_BYTES} bytes, the limit of protobuf.`,
      { details: { bytes: bytes.length, limit: MAX_MODEL_BYTES } },
    );
  }
  if (bytes.length === 0) {
    throw corrupt(`${where}: there is no ONNX model, got 0 bytes.`, { bytes: 0 });
  }
  const model = parse(bytes, where);
  if (model.graph === undefined) {
    throw new SerializationError(
      'ONNX_NO_GRAPH',
      `${where}: the model has no graph, got ${bytes.length} bytes without one.\n${EXPECTED}`,
      { details: { bytes: bytes.length } },
    );
  }
  return model;
}

function parse(bytes: Uint8Array, where: string): ModelProto {
  const fault = findWireFault(ModelProtoSchema, bytes);
  if (fault !== undefined) {
    const { offset, path, problem } = fault;
    const place = path === '' ? `byte ${offset}` : `byte ${offset}, ${path}`;
    throw corrupt(`${where}: not an ONNX model, or a damaged one (${place}): ${problem}.`, {
      bytes: bytes.length,
      offset,
      path,
    });
  }
  try {
    return fromBinary(ModelProtoSchema, bytes, { recursionLimit: MAX_MESSAGE_DEPTH });
  } catch (error) {
    const message = `${where}: protobuf cannot read the ONNX model, got ${bytes.length} bytes.`;
    throw corrupt(message, { bytes: bytes.length }, error);
  }
}

function corrupt(message: string, details: ErrorDetails, cause?: unknown): SerializationError {
  return new SerializationError('ONNX_CORRUPT', `${message}\n${EXPECTED}`, {
    ...(cause === undefined ? {} : { cause }),
    details,
  });
}

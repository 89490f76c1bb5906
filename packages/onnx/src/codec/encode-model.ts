import { SerializationError } from '@etalon/spec';

import type { ModelProto } from '../schema/onnx-pb.ts';
import { ModelProtoSchema } from '../schema/onnx-pb.ts';
import { MAX_MODEL_BYTES } from './limits.ts';
import { ReverseWriter } from './reverse-writer.ts';
import { writeMessage } from './write-message.ts';

/**
 * Returns a model as the bytes of an ONNX file.
 *
 * The bytes depend on the model alone: fields are in ascending order of number, lists in their own
 * order. Memory needed is the size of the result; tensors are copied once.
 *
 * @throws {SerializationError} `ONNX_TOO_LARGE` above 2 GiB, before the result is allocated;
 * `ONNX_VALUE` for a value that its field cannot hold.
 * @see ONNX IR, "Serialization"
 */
export function encodeModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  const writer = new ReverseWriter();
  writeMessage(writer, ModelProtoSchema, model);
  if (writer.size > MAX_MODEL_BYTES) {
    throw new SerializationError(
      'ONNX_TOO_LARGE',
      `encodeModel: the model does not fit in one ONNX file, got ${writer.size} bytes.\n` +
        `Expected at most ${MAX_MODEL_BYTES} bytes, the limit of protobuf.\n` +
        'Fix: keep large weights out of the graph as inputs, or split the model.',
      { details: { bytes: writer.size, limit: MAX_MODEL_BYTES } },
    );
  }
  return writer.finish();
}

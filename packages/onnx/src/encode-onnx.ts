import type { ProgramV1 } from '@etalon/spec';
import { encodeModel } from './codec/encode-model.ts';
import type { OnnxOptions } from './lowering/lower-to-onnx.ts';
import { lowerToOnnx } from './lowering/lower-to-onnx.ts';

/**
 * Returns a program as the bytes of an `.onnx` file.
 *
 * Inputs, outputs and nodes keep their names and order (see {@link onnxNames}); the parts of a user's path
 * are joined by `/`. Named sizes become named dimensions; sizes that operators need at run time are
 * computed in the graph from the inputs' shapes. Images are worked on as NCHW and go back to NHWC only where
 * an operator or an output needs it. Only operators of ONNX's own domain are used, at version
 * {@link ONNX_OPSET}. The same program gives the same bytes.
 *
 * @param program - random draws must be inputs already: `prepare` of `@etalon/compiler` hoists them.
 * @throws {UnsupportedOperatorError} `OPERATOR_UNSUPPORTED` for random draws, and for operators that this
 * version does not know.
 * @throws {SerializationError} `ONNX_TOO_LARGE` above 2 GiB, the limit of the format.
 * @see ONNX IR specification, version 9; ONNX operators, version 20.
 */
export function encodeOnnx(program: ProgramV1, options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  return encodeModel(lowerToOnnx(program, options));
}

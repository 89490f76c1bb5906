/**
 * The ONNX format: programs to the bytes of an `.onnx` file. Runs nothing.
 *
 * @packageDocumentation
 */
export { encodeOnnx } from './encode-onnx.ts';
export type { OnnxDescription, OnnxNode, OnnxPort } from './inspect-onnx.ts';
export { inspectOnnx } from './inspect-onnx.ts';
export type { OnnxOptions } from './lowering/lower-to-onnx.ts';
export { onnxNodeNames } from './lowering/lower-to-onnx.ts';
export type { OnnxNames, OnnxNodeName } from './lowering/names.ts';
export { onnxNames } from './lowering/names.ts';
export { ONNX_IR_VERSION, ONNX_OPSET } from './lowering/opset.ts';

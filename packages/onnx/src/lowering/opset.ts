/**
 * Version of ONNX's own operator set that the lowering writes. 20 is the first with `Gelu`, and
 * reductions take their axes as an input since 18; ONNX Runtime reads it since 1.17.
 */
export const ONNX_OPSET = 20;

/** Version of the file format that ONNX 1.15 released together with operator set 20. */
export const ONNX_IR_VERSION = 9;

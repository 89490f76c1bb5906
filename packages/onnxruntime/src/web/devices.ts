import type { OnnxRuntimeDevice } from '../manifest.ts';

/** Providers of `onnxruntime-web` that the backend can use. */
export type OnnxWebDevice = Extract<OnnxRuntimeDevice, 'wasm'>;

/** All devices of ONNX Runtime Web, in the order that messages list them. */
export const onnxWebDevices: readonly OnnxWebDevice[] = ['wasm'];

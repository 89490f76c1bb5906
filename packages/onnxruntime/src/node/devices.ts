import type { OnnxRuntimeDevice } from '../manifest.ts';

/** Providers of `onnxruntime-node` that the backend can use. */
export type OnnxNodeDevice = Exclude<OnnxRuntimeDevice, 'wasm'>;

/** All devices in Node, in the order that messages list them. */
export const onnxNodeDevices: readonly OnnxNodeDevice[] = ['cpu', 'cuda', 'webgpu'];

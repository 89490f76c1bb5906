export type { OnnxRuntimeBackend, OnnxRuntimeMemory } from './backend.ts';
export type { OnnxRuntimeDevice } from './manifest.ts';
export { onnxRuntimeDevices, onnxRuntimeManifest } from './manifest.ts';
export type {
  OnnxNodeRuntime,
  OnnxOutput,
  OnnxOutputs,
  OnnxProvider,
  OnnxRunOptions,
  OnnxRuntime,
  OnnxSession,
  OnnxSessionFactory,
  OnnxSessionOptions,
  OnnxTensor,
  OnnxTensorConstructor,
  OnnxWasmPaths,
  OnnxWebRuntime,
  UrlLike,
} from './runtime.ts';

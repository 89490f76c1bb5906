export type { OnnxRuntimeBackend, OnnxRuntimeMemory } from '../backend.ts';
export type { OnnxRuntimeDevice } from '../manifest.ts';
export type { GraphOptimization } from '../options.ts';
export type {
  OnnxOutput,
  OnnxOutputs,
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
} from '../runtime.ts';
export type { OnnxRuntimeWebOptions } from './create-backend.ts';
export { createOnnxRuntimeBackend } from './create-backend.ts';
export type { OnnxWebDevice } from './devices.ts';

export type { OnnxRuntimeBackend, OnnxRuntimeMemory } from '../backend.ts';
export type { OnnxRuntimeDevice } from '../manifest.ts';
export type { GraphOptimization } from '../options.ts';
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
} from '../runtime.ts';
export type { OnnxRuntimeOptions } from './create-backend.ts';
export { createOnnxRuntimeBackend } from './create-backend.ts';
export type { OnnxNodeDevice } from './devices.ts';

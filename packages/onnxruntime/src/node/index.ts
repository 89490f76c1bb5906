export type { OnnxRuntimeBackend, OnnxRuntimeMemory } from '../backend.ts';
export type { OnnxRuntimeDevice } from '../manifest.ts';
export type {
  OnnxProvider,
  OnnxRuntime,
  OnnxSession,
  OnnxSessionFactory,
  OnnxSessionOptions,
  OnnxTensor,
  OnnxTensorConstructor,
} from '../runtime.ts';
export type { OnnxRuntimeOptions } from './create-backend.ts';
export { createOnnxRuntimeBackend } from './create-backend.ts';

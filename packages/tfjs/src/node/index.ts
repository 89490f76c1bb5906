export type { TfjsBackend, TfjsMemoryUse } from '../backend.ts';
export type { TfjsEngineName } from '../engines/engine.ts';
export type {
  TfjsArray,
  TfjsAttributes,
  TfjsCore,
  TfjsCpuMemory,
  TfjsCpuModule,
  TfjsDType,
  TfjsKernel,
  TfjsKernelCall,
  TfjsMemory,
  TfjsRuntime,
  TfjsTensor,
  TfjsWasmModule,
} from '../runtime.ts';
export type { TfjsOptions } from './create-backend.ts';
export { createTfjsBackend } from './create-backend.ts';

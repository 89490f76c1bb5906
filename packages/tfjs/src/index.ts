export type { TfjsBackend, TfjsMemoryUse } from './backend.ts';
export type { TfjsEngineName } from './engines/engine.ts';
export { tfjsEngines, tfjsManifest } from './manifest.ts';
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
} from './runtime.ts';

// The module of the worker thread that `createOnnxRuntimeBackend({ execution: 'worker' })` starts.
import { serveParent } from '@etalon/worker/node';
import type { EngineSettings } from './inline-backend.ts';
import { createInlineBackend } from './inline-backend.ts';

serveParent((settings) => createInlineBackend(settings as EngineSettings), {
  // A copy of so many bytes takes about a microsecond, a message some fifty.
  eagerBytes: 16_384,
  report: (backend) => backend.memory(),
});

import { prepare, tensor, traceProgram } from '@etalon/compiler';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { createOnnxRuntimeBackend as createWebBackend } from '@etalon/onnxruntime/web';
import type { BackendV1, HostTensorOf, ProgramV1 } from '@etalon/spec';

const program: ProgramV1 = traceProgram('same', { x: tensor('float32', ['batch']) }, ({ x }) => ({
  x,
}));

const backend: BackendV1 = await createOnnxRuntimeBackend({ device: 'cpu' });
const prepared = await prepare(program, backend);
const x: HostTensorOf<'float32'> = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) };
const outputs = await prepared.run({ x });
// Outputs have names that the compiler of TypeScript does not know, so they may be missing.
// @ts-expect-error
outputs.x.dispose();
outputs.x?.dispose();

// @ts-expect-error: there is no such device.
await createOnnxRuntimeBackend({ device: 'abacus' });

const web: BackendV1 = await createWebBackend({ device: 'wasm', wasmPaths: '/assets/' });
await web.dispose();

// @ts-expect-error: this device is one of Node's.
await createWebBackend({ device: 'cuda' });

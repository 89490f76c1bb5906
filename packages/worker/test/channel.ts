import { MessageChannel } from 'node:worker_threads';
import { add, mul, tensor, traceProgram } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1, HostTensor, ProgramV1 } from '@etalon/spec';
import { messagePort } from '../src/node/ports.ts';
import type { Port } from '../src/port.ts';
import type { RemoteBackend } from '../src/remote-backend.ts';
import { connectBackend } from '../src/remote-backend.ts';
import type { ServeOptions } from '../src/serve-backend.ts';
import { serveBackend } from '../src/serve-backend.ts';

/** Both ends of a channel of this thread. Messages are cloned and wait for the event loop, as between threads. */
export function channel(): { readonly client: Port; readonly server: Port } {
  const { port1, port2 } = new MessageChannel();
  return { client: messagePort(port1), server: messagePort(port2) };
}

/** Connects to a backend over a channel. */
export function connect(
  createBackend: (options: unknown) => BackendV1 | Promise<BackendV1> = () =>
    createReferenceBackend(),
  { options, serve }: { options?: unknown; serve?: ServeOptions<BackendV1> } = {},
): Promise<RemoteBackend> {
  const { client, server } = channel();
  serveBackend(server, createBackend, serve);
  return connectBackend(client, options);
}

/** `y = 2·x` of any number of rows. */
export const doubling: ProgramV1 = traceProgram(
  'doubling',
  { x: tensor('float32', ['batch', 2]) },
  ({ x }) => ({ y: mul(x, 2) }),
);

/** `state = state + x` and `twice = 2·state`: a state that goes round. */
export const counter: ProgramV1 = traceProgram(
  'counter',
  { state: tensor('float32', [2]), x: tensor('float32', [2]) },
  ({ state, x }) => ({ state: add(state, x), twice: mul(state, 2) }),
);

/** A float32 vector, or a matrix of two columns. */
export function float32(numbers: readonly number[], shape = [numbers.length]): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(numbers) };
}

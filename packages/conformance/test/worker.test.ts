import { MessageChannel } from 'node:worker_threads';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { createReferenceBackend } from '@etalon/reference';
import type { RemoteBackend } from '@etalon/worker';
import { connectBackend, createAdaptiveBackend, serveBackend } from '@etalon/worker';
import { messagePort } from '@etalon/worker/node';
import { expect, it } from 'vitest';
import type { CreateBackend } from '../src/index.ts';
import { runConformance } from '../src/index.ts';

function behindPort(): Promise<RemoteBackend> {
  const { port1, port2 } = new MessageChannel();
  serveBackend(messagePort(port2), () => createReferenceBackend());
  return connectBackend(messagePort(port1));
}

let time = 0;
const inWorker: CreateBackend = (request) =>
  createOnnxRuntimeBackend({ execution: 'worker', threads: 1, ...request });

/** The contract's behaviour, and computations that carry state. */
const contract = ['lifecycle/', 'errors/'];
const trained = ['training/', 'networks/', 'gradient/matmul/'];

// A worker takes some 0.3 s to start, and checks of the lifecycle start their own: not the whole suite.
it.each<readonly [string, CreateBackend, readonly string[]]>([
  ['the reference behind a port', behindPort, [...contract, ...trained]],
  [
    'the reference on two sides, where every run is slow',
    () =>
      createAdaptiveBackend({
        inline: createReferenceBackend(),
        startWorker: behindPort,
        now: () => {
          time += 60;
          return time;
        },
      }),
    [...contract, ...trained],
  ],
  ['ONNX Runtime in a worker', inWorker, [...contract, ...trained]],
])('%s passes', { timeout: 300_000 }, async (_, create, filter) => {
  const { outcomes } = await runConformance(create, { filter });
  expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  for (const part of filter) {
    expect(outcomes.some(({ id, outcome }) => id.includes(part) && outcome === 'passed')).toBe(
      true,
    );
  }
});

import type { MessagePort, Transferable, Worker } from 'node:worker_threads';
import type { Port, PortEnd } from '../port.ts';

/** Makes a port of Node's `MessagePort`: one end of a `MessageChannel`, or a worker's `parentPort`. */
export function messagePort(port: MessagePort): Port {
  return {
    post: (message, transfer = []) => port.postMessage(message, transfer as Transferable[]),
    listen: ({ receive, end }) => {
      port.on('message', receive);
      port.on('close', () => end({ what: 'a closed port' }));
      // Listening holds the process.
      port.unref();
    },
    hold: () => port.ref(),
    release: () => port.unref(),
    close: async () => port.close(),
  };
}

/** Makes a port of a worker, for the thread that started it. Closing it ends the worker. */
export function workerPort(worker: Worker): Port {
  let thrown: PortEnd | undefined;
  let isClosing = false;
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer as Transferable[]),
    listen: ({ receive, end }) => {
      worker.on('message', receive);
      worker.on('error', (cause) => {
        thrown = { what: JSON.stringify(`${cause.name}: ${cause.message}`), cause };
      });
      worker.on('exit', (code) => end(thrown ?? { what: `exit code ${code}` }));
      worker.unref();
    },
    hold: () => worker.ref(),
    release: () => {
      // What is answered late must not let the process go that waits for the worker's end.
      if (!isClosing) worker.unref();
    },
    close: async () => {
      isClosing = true;
      await worker.terminate();
    },
  };
}

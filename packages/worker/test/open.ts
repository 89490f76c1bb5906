import type { BackendV1 } from '@etalon/spec';
import { afterEach } from 'vitest';
import type { RemoteBackend } from '../src/remote-backend.ts';
import { connect } from './channel.ts';

const opened: BackendV1[] = [];

/** Connects a backend that is disposed after the test. */
export async function open(...args: Parameters<typeof connect>): Promise<RemoteBackend> {
  const backend = await connect(...args);
  opened.push(backend);
  return backend;
}

afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.dispose();
});

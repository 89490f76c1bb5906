import type {
  BackendManifestV1,
  BackendV1,
  CompileOptions,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  ProgramV1,
} from '@etalon/spec';
import { Connection } from './connection.ts';
import { packOwnTensor, packTensor } from './pack-tensor.ts';
import type { Port } from './port.ts';
import type { Calls } from './protocol.ts';
import { RemoteExecutable } from './remote-executable.ts';
import { RemoteTensor } from './remote-tensor.ts';

/** A backend that lives behind a port. */
export interface RemoteBackend extends BackendV1 {
  /** What `report` of {@link ServeOptions} returned for the latest answer. */
  readonly report: unknown;
  /** Uploads a tensor whose array the caller gives away: its buffer moves to the worker where that is faster. */
  give(tensor: HostTensor): Promise<DeviceTensorV1>;
}

/**
 * Creates a backend behind a port, where `serveBackend` waits at the other end.
 *
 * Tensors that runs and uploads return are handles: the data stays behind the port until `read()` copies it out. Host arrays are
 * captured when `run` or `upload` is called. Errors arrive as they were thrown, in their classes, with their causes.
 *
 * @param options - for the function that creates the backend there; plain data.
 * @throws {EtalonError} (rejects) what creating the backend threw.
 * @throws {DataError} (rejects) `NOT_CLONABLE` when the options hold a function or another thing of this thread.
 * @throws {BackendError} (rejects) `BACKEND_WORKER_DIED`, here and later, when the other end is gone.
 */
export async function connectBackend(port: Port, options?: unknown): Promise<RemoteBackend> {
  const connection = new Connection(port);
  try {
    const facts = await connection.call('create', options, 'create a backend in a worker');
    connection.backend = facts.name;
    return new Remote(connection, facts);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

class Remote implements RemoteBackend {
  readonly specificationVersion = 'v1';
  readonly name: string;
  readonly manifest: BackendManifestV1;
  readonly #connection: Connection;
  #disposing: Promise<void> | undefined;

  constructor(connection: Connection, { name, manifest }: Calls['create']['answer']) {
    this.name = name;
    this.manifest = manifest;
    this.#connection = connection;
  }

  get report(): unknown {
    return this.#connection.report;
  }

  async compile(program: ProgramV1, options: CompileOptions = {}): Promise<ExecutableV1> {
    const { aliases = {} } = options;
    const where = `${program.name} › compile`;
    const handle = await this.#connection.call('compile', { program, aliases }, where);
    return new RemoteExecutable(this.#connection, handle, program.name, Object.values(aliases));
  }

  async upload(tensor: HostTensor): Promise<DeviceTensorV1> {
    const transfer: ArrayBuffer[] = [];
    return this.#place(packTensor(tensor, transfer), transfer);
  }

  async give(tensor: HostTensor): Promise<DeviceTensorV1> {
    const transfer: ArrayBuffer[] = [];
    return this.#place(packOwnTensor(tensor, transfer), transfer);
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#connection.dispose();
    return this.#disposing;
  }

  async #place(tensor: HostTensor, transfer: readonly ArrayBuffer[]): Promise<DeviceTensorV1> {
    const where = `${this.name} › upload`;
    const placed = await this.#connection.call('upload', tensor, where, { transfer });
    return new RemoteTensor(this.#connection, placed);
  }
}

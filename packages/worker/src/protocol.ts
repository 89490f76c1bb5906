import type { BackendManifestV1, DType, HostTensor, NodePlacement, ProgramV1 } from '@etalon/spec';
import type { SentError } from './sent-error.ts';

/** Number by which both sides know a tensor or an executable that lives in the worker. */
export type Handle = number;

/** An output of a run: the data stays behind, unless it is small. */
export interface SentOutput {
  readonly tensor: Handle;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** A copy of the data, where waiting for another message would cost more than sending it along. */
  readonly data?: HostTensor['data'];
}

/** Calls, each with its request and its answer. */
export interface Calls {
  readonly create: {
    readonly request: unknown;
    readonly answer: { readonly name: string; readonly manifest: BackendManifestV1 };
  };
  readonly compile: {
    readonly request: {
      readonly program: ProgramV1;
      readonly aliases: Readonly<Record<string, string>>;
    };
    readonly answer: Handle;
  };
  readonly upload: {
    readonly request: HostTensor;
    readonly answer: SentOutput;
  };
  readonly run: {
    readonly request: {
      readonly executable: Handle;
      /** By input name: what the caller passed, where it is no tensor of this worker. */
      readonly values: Readonly<Record<string, unknown>>;
      /** By input name. */
      readonly tensors: Readonly<Record<string, Handle>>;
      /** Present when the run can be called off: one number that is set from the other thread, where memory can be shared. */
      readonly cancel?: Int32Array | 'by message';
    };
    readonly answer: Readonly<Record<string, SentOutput>>;
  };
  readonly read: { readonly request: Handle; readonly answer: HostTensor };
  readonly placement: { readonly request: Handle; readonly answer: readonly NodePlacement[] };
  readonly dispose: { readonly request: undefined; readonly answer: undefined };
}

/** Name of a call. */
export type CallName = keyof Calls;

/** What has no answer. It rides on the next call, or goes alone. */
export interface Notices {
  /** Tensors that the client has disposed, or that a run has consumed. */
  readonly tensors?: readonly Handle[];
  readonly executables?: readonly Handle[];
  /** Runs to call off, by the number of their call. */
  readonly cancelled?: readonly number[];
}

/** From the client to the worker. Notices are older than the call beside them. */
export interface Request {
  readonly notices?: Notices;
  readonly call?: { readonly id: number; readonly name: CallName; readonly request: unknown };
}

/** From the worker to the client. */
export interface Answer {
  /** Number of the call. */
  readonly id: number;
  /** `cancelled` means: with the reason of the caller's signal. */
  readonly outcome: 'answered' | 'failed' | 'cancelled';
  readonly answer?: unknown;
  readonly error?: SentError;
  /** What the worker tells about its backend with each answer: plain data of the backend's choice. */
  readonly report?: unknown;
}

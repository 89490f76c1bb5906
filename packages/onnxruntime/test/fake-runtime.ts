import type {
  OnnxNodeRuntime,
  OnnxOutputs,
  OnnxSession,
  OnnxTensor,
  OnnxWebRuntime,
} from '../src/runtime.ts';

/** Tensor whose memory a test can look at. */
export interface FakeTensor extends OnnxTensor {
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** What a fake session does instead of running a model; it may return outputs. */
export type FakeModel = (
  feeds: Readonly<Record<string, FakeTensor>>,
  fetches: Readonly<Record<string, FakeTensor>>,
) => unknown;

/** A session that calls a function, after a turn of the event loop as the engine does. */
export class FakeSession implements OnnxSession {
  readonly #model: FakeModel;
  runs = 0;
  released = 0;

  constructor(model: FakeModel) {
    this.#model = model;
  }

  async run(
    feeds: Readonly<Record<string, OnnxTensor | undefined>>,
    fetches: Readonly<Record<string, OnnxTensor | null>>,
  ): Promise<OnnxOutputs> {
    await new Promise((resolve) => setImmediate(resolve));
    this.runs += 1;
    const returned = this.#model(
      feeds as Record<string, FakeTensor>,
      fetches as Record<string, FakeTensor>,
    );
    return (returned ?? {}) as OnnxOutputs;
  }

  endProfiling(): void {}

  async release(): Promise<void> {
    this.released += 1;
  }
}

/** A runtime without an engine. */
export function fakeRuntime(model: FakeModel = () => {}): OnnxNodeRuntime {
  return {
    InferenceSession: { create: async () => new FakeSession(model) },
    Tensor: class implements FakeTensor {
      readonly type: string;
      readonly data: FakeTensor['data'];
      readonly dims: readonly number[];

      constructor(type: string, data: FakeTensor['data'], dims: readonly number[]) {
        this.type = type;
        this.data = data;
        this.dims = dims;
      }
    },
    listSupportedBackends: () => [{ name: 'cpu', bundled: true }],
  };
}

/** A runtime of the web without an engine. */
export function fakeWebRuntime(model?: FakeModel): OnnxWebRuntime {
  const { InferenceSession, Tensor } = fakeRuntime(model);
  return { InferenceSession, Tensor, env: { wasm: {} } };
}

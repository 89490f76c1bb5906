import type { PreparedProgram } from '@etalon/compiler';
import { prepare } from '@etalon/compiler';
import type {
  AbortSignalLike,
  BackendV1,
  DeviceTensorV1,
  HostTensor,
  RunInputs,
  RunOutputs,
  ValueType,
} from '@etalon/spec';
import type { InputTypes, Model, NamedTensors } from '../model/model.ts';
import type { Variables } from '../model/variables.ts';
import { requireCounts, requireKnownOptions } from '../training/check-options.ts';
import { errorOfText, requirePrompt, requireTokens } from './check-generation.ts';
import type { SamplingOptions, TokenSampler } from './token-sampler.ts';
import { samplerOf, samplingOptions } from './token-sampler.ts';

/** What a generator runs with. */
export interface TokenGeneratorOptions {
  readonly backend: BackendV1;
  /** Values of the model's variables, such as those of a trainer. */
  readonly variables: Variables<HostTensor>;
}

/** How one text goes on. */
export interface GenerateOptions extends SamplingOptions {
  /** How many tokens to generate at most. */
  readonly maxTokens: number;
  /** A token after which the text ends; it is given out too. */
  readonly endToken?: number;
  /** Ends the text between two tokens: the iteration throws its reason. */
  readonly signal?: AbortSignalLike;
}

/** Generates tokens one after the other. */
export interface TokenGenerator {
  /**
   * Goes on with a prompt. The prompt runs in one call, then each token in one; what the model carries from step to step stays on the
   * device, and is freed when the iteration ends: by `break` too.
   *
   * @param prompt - ids of at least one token.
   * @throws {DataError} `GENERATE_PROMPT` when there is no prompt, or something in it is no integer.
   * @throws {AttributeError} as {@link createTokenSampler}, and when `maxTokens` is no integer of at least 1.
   * @throws {DataError} (in the iteration) `SAMPLING_SCORES` when scores are not numbers; `GENERATE_CONTEXT` when the text grows longer than
   * a table of learnt positions; for ids that are no tokens.
   * @throws (in the iteration) the reason of the signal.
   * @throws {DisposedError} (in the iteration) after `dispose`.
   *
   * @example
   * for await (const id of generator.generate(encode('Call me'), { maxTokens: 100, temperature: 0.8 })) {
   *   process.stdout.write(decode([id]));
   * }
   */
  generate(prompt: ArrayLike<number>, options: GenerateOptions): AsyncGenerator<number, void>;
  /** Frees what the backend holds. Idempotent. */
  dispose(): void;
}

/**
 * Makes a model ready to generate tokens on a backend: compiles {@link Model.streaming} of it once. The model takes one int32 input
 * `[batch, time]` of tokens and has one float32 output `[batch, time, tokens]` of logits for the token that follows; it is of
 * recurrent layers or of causal self-attention with a `context`.
 *
 * @throws {ProgramError} (rejects) `GENERATE_MODEL` when it has other inputs or outputs, and as {@link Model.streaming} does.
 * @throws {EtalonError} (rejects) as {@link Model.freeze} does.
 */
export async function createTokenGenerator<I extends InputTypes, O extends NamedTensors>(
  model: Model<I, O>,
  { backend, variables }: TokenGeneratorOptions,
): Promise<TokenGenerator> {
  const where = `createTokenGenerator of "${model.name}"`;
  const [input, output] = requireTokens(where, model);
  const { program, carried } = model.streaming(variables);
  const onDevice = Object.keys(carried).filter((name) => carried[name]?.dtype !== 'int32');
  const aliases = Object.fromEntries(onDevice.map((name) => [name, name]));
  const prepared = await prepare(program, backend, { aliases });
  const stream = { prepared, input, output, carried };
  return {
    generate: (prompt, options) => {
      const place = `generate of "${model.name}"`;
      requireKnownOptions(place, options, generateOptions);
      requireCounts(place, { maxTokens: options.maxTokens });
      const sampler = samplerOf(place, options);
      return tokensAfter(place, stream, requirePrompt(place, prompt), sampler, options);
    },
    dispose: () => prepared.dispose(),
  };
}

const generateOptions: { readonly [K in keyof Required<GenerateOptions>]: true } = {
  ...samplingOptions,
  maxTokens: true,
  endToken: true,
  signal: true,
};

interface Stream {
  readonly prepared: PreparedProgram;
  readonly input: string;
  readonly output: string;
  readonly carried: Readonly<Record<string, ValueType>>;
}

async function* tokensAfter(
  where: string,
  { prepared, input, output, carried }: Stream,
  prompt: Int32Array,
  sampler: TokenSampler,
  { maxTokens, endToken, signal }: GenerateOptions,
): AsyncGenerator<number, void> {
  const runOptions = signal === undefined ? {} : { signal };
  let state: RunInputs = zerosOf(carried);
  let device: readonly DeviceTensorV1[] = [];
  let tokens = prompt;
  try {
    for (let count = 0; count < maxTokens; count++) {
      const data: HostTensor = { dtype: 'int32', shape: [1, tokens.length], data: tokens };
      const outputs = await prepared
        .run({ ...state, [input]: data }, runOptions)
        .catch((error: unknown) => {
          throw errorOfText(where, error, carried, prompt.length + count);
        });
      device = Object.values(outputs);
      const { [output]: scores, ...next } = await withHostIntegers(outputs, output);
      device = Object.values(next).filter(isOnDevice);
      state = next;
      // The signal may have been raised while the engine was at work.
      if (signal?.aborted === true) throw signal.reason;
      const token = sampler.sample(lastRow(scores as HostTensor));
      yield token;
      if (token === endToken) return;
      tokens = Int32Array.of(token);
    }
  } finally {
    for (const tensor of device) tensor.dispose();
  }
}

// Positions come back to the host: an index of the host is checked against its table before an engine sees it, and not all engines
// check it themselves.
async function withHostIntegers(outputs: RunOutputs, scores: string): Promise<RunInputs> {
  const entries = Object.entries(outputs).map(
    async ([name, tensor]): Promise<[string, DeviceTensorV1 | HostTensor]> => {
      if (name !== scores && tensor.dtype !== 'int32') return [name, tensor];
      const host = await tensor.read();
      tensor.dispose();
      return [name, host];
    },
  );
  return Object.fromEntries(await Promise.all(entries));
}

function isOnDevice(tensor: DeviceTensorV1 | HostTensor): tensor is DeviceTensorV1 {
  return 'dispose' in tensor;
}

function lastRow({ shape, data }: HostTensor): ArrayLike<number> {
  return data.subarray(data.length - (shape.at(-1) ?? 0));
}

function zerosOf(types: Readonly<Record<string, ValueType>>): RunInputs {
  return Object.fromEntries(
    Object.entries(types).map(([name, { dtype, shape }]): [string, HostTensor] => {
      const sizes = shape.map((size) => (typeof size === 'number' ? size : 1));
      const count = sizes.reduce((product, size) => product * size, 1);
      return [
        name,
        dtype === 'int32'
          ? { dtype, shape: sizes, data: new Int32Array(count) }
          : { dtype: 'float32', shape: sizes, data: new Float32Array(count) },
      ];
    }),
  );
}

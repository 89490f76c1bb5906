import type { Tensor } from '@etalon/compiler';
import { isTensor } from '@etalon/compiler';
import type { Initializer } from '../../initializers/initializer.ts';
import type { Layer, LayerOptions } from '../layer.ts';
import { createLayer } from '../layer.ts';
import { requireCount } from '../require-count.ts';
import { requireShare } from '../require-share.ts';
import { attend } from './attend.ts';
import type { RotaryOptions } from './rotary.ts';

/** Options of {@link multiHeadAttention}. */
export interface MultiHeadAttentionOptions extends LayerOptions {
  /** Number of heads. */
  readonly heads: number;
  /** Size of each head's queries and keys; default the query's features divided by `heads`. */
  readonly keySize?: number;
  /** Size of each head's values; default `keySize`. */
  readonly valueSize?: number;
  /** Features of the result; default those of the query. */
  readonly outputSize?: number;
  /** Default true. */
  readonly useBias?: boolean;
  /** Share of the weights of attention that training sets to 0; default 0. */
  readonly dropout?: number;
  /** Whether a query sees no key after its own place; default false. */
  readonly causal?: boolean;
  /**
   * Largest number of keys that a query of causal attention sees: its own place and those before. In a model that is called step by step
   * it is what the layer remembers, and must be given. Default all.
   */
  readonly context?: number;
  /** Whether queries and keys are turned by their positions, see {@link rotaryEmbedding}; default false. */
  readonly rotary?: boolean | RotaryOptions;
  /** Of all kernels; default Glorot uniform. */
  readonly kernelInitializer?: Initializer;
  /** Of all biases; default zeros. */
  readonly biasInitializer?: Initializer;
}

/** What {@link multiHeadAttention} takes where it is more than one sequence that attends to itself. */
export interface AttentionInputs {
  /** float32 `[batch, queries, features]`. */
  readonly query: Tensor;
  /** float32 `[batch, keys, features]`; it may have other features than the query. */
  readonly value: Tensor;
  /** float32 `[batch, keys, features]`; default `value`. */
  readonly key?: Tensor;
  /** bool `[batch, queries, keys]`, or `[batch, keys]` for all queries alike: whether a query sees a key. */
  readonly mask?: Tensor;
  /** As the option of this name, for this call. */
  readonly causal?: boolean;
}

/**
 * Returns a layer in which each step of a sequence looks at all steps of another, or of its own: `[batch, queries, features]`, of the
 * same shape unless there is an `outputSize`. For each head, `softmax(query · keyᵀ / √keySize) · value`, each projected first; the heads
 * side by side are projected again. Keras `MultiHeadAttention`; Vaswani et al. 2017.
 *
 * Variables: `query/kernel [features, heads·keySize]`, `key/kernel`, `value/kernel [features, heads·valueSize]`,
 * `output/kernel [heads·valueSize, outputSize]`, and a `bias` beside each: Keras's, with the axes of heads and their features as one.
 *
 * It takes a sequence, or {@link AttentionInputs}. A query that a mask lets see no key gets weights of 0, as in PyTorch's
 * `scaled_dot_product_attention`, so that its result is the output's bias.
 *
 * In a model that is called step by step (see {@link Model.streaming}), causal self-attention carries `keys` and `values`,
 * `[batch, heads, context, size]`, and an int32 `position`. Beyond the context the oldest step is forgotten, as it is when the whole sequence
 * is computed at once: both give the same however long it is.
 *
 * @throws {AttributeError} when a count is no integer of at least 1, or dropout is outside [0, 1); (in the model) when the heads do not
 * divide the features and there is no `keySize`.
 * @throws {ShapeError} (in the model) when the inputs are no sequences that fit each other.
 * @throws {DTypeError} (in the model) when the mask is none.
 * @throws {ProgramError} (in a model called step by step) `STREAM_CONTEXT`, `STREAM_ATTENTION`.
 */
export function multiHeadAttention(
  options: MultiHeadAttentionOptions,
): Layer<Tensor | AttentionInputs> {
  const kind = 'multiHeadAttention';
  requireAttentionOptions(options.name ?? kind, options);
  // A tree holds tensors only: whether a call is causal is told by the branch that its tensors are in.
  const layer = createLayer(
    kind,
    options,
    ({ causal, all }: { readonly causal?: TensorInputs; readonly all?: TensorInputs }, scope) => {
      const { query, value, key = value, mask } = (causal ?? all) as TensorInputs;
      const given = { query, key, value, ...(mask && { mask }), causal: causal !== undefined };
      return attend(given, options, scope);
    },
  );
  const call = (given: Tensor | AttentionInputs): Tensor => {
    const { causal = options.causal === true, ...tensors }: AttentionInputs = isTensor(given)
      ? { query: given, value: given }
      : given;
    return layer(causal ? { causal: tensors } : { all: tensors });
  };
  return Object.defineProperty(call, 'kind', { value: kind }) as Layer<Tensor | AttentionInputs>;
}

type TensorInputs = Omit<AttentionInputs, 'causal'>;

/**
 * Checks what layers that attend have in common.
 *
 * @throws {AttributeError} when a count is no integer of at least 1, or dropout is outside [0, 1).
 */
export function requireAttentionOptions(
  where: string,
  options: Pick<
    MultiHeadAttentionOptions,
    'heads' | 'keySize' | 'valueSize' | 'outputSize' | 'context' | 'dropout'
  >,
): void {
  for (const name of ['heads', 'keySize', 'valueSize', 'outputSize', 'context'] as const) {
    const count = options[name];
    if (name === 'heads' || count !== undefined) requireCount(where, name, count as number);
  }
  requireShare(where, 'dropout', options.dropout ?? 0);
}

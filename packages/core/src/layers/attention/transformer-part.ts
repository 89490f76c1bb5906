import type { Tensor } from '@etalon/compiler';
import { add } from '@etalon/compiler';
import type { Initializer } from '../../initializers/initializer.ts';
import type { Activation } from '../activation.ts';
import { resolveActivation } from '../activation.ts';
import { project } from '../dense.ts';
import { dropElements } from '../dropout.ts';
import { fixedSize, requireLayerRank } from '../fixed-size.ts';
import type { LayerOptions, LayerScope } from '../layer.ts';
import { normalizeFeatures } from '../layer-normalization.ts';
import { requireOneTensor } from '../leaves.ts';
import { resolveEpsilon } from '../normalize.ts';
import { requireCount } from '../require-count.ts';
import { inSubScope } from '../sub-scope.ts';
import type { Attended } from './attend.ts';
import { attend } from './attend.ts';
import { requireAttentionOptions } from './multi-head-attention.ts';
import type { RotaryOptions } from './rotary.ts';

/** Options of {@link transformerEncoderBlock} and {@link transformerDecoderBlock}. */
export interface TransformerBlockOptions extends LayerOptions {
  /** Number of heads of attention. */
  readonly heads: number;
  /** Units between the two layers of the feed-forward part. */
  readonly feedForwardSize: number;
  /** Size of each head; default the features divided by `heads`. */
  readonly keySize?: number;
  /** Of the feed-forward part; default `gelu`. */
  readonly activation?: Activation;
  /** Share of what training sets to 0: of the weights of attention, and of what each part adds to its input; default 0. */
  readonly dropout?: number;
  /** Whether a part normalizes what it takes in, instead of the sum of that and what it makes; default true. */
  readonly normFirst?: boolean;
  /** Of the normalizations; default 1e-5. */
  readonly epsilon?: number;
  /** Default true. */
  readonly useBias?: boolean;
  /** Of self-attention, see {@link MultiHeadAttentionOptions}. */
  readonly rotary?: boolean | RotaryOptions;
  /** Of all kernels; default Glorot uniform. */
  readonly kernelInitializer?: Initializer;
  /** Of all biases; default zeros. */
  readonly biasInitializer?: Initializer;
}

/** Options of a block with what it derives from them. */
export interface BlockSettings
  extends Omit<TransformerBlockOptions, 'activation' | 'epsilon' | 'dropout' | 'normFirst'> {
  readonly activate: (x: Tensor) => Tensor;
  readonly epsilon: number;
  readonly dropout: number;
  readonly normFirst: boolean;
  readonly context?: number;
}

/**
 * Checks the options of a block.
 *
 * @throws {AttributeError} when a count is no integer of at least 1, dropout is outside [0, 1), epsilon is negative, or there is no
 * such activation.
 */
export function resolveBlock(
  where: string,
  options: TransformerBlockOptions & { readonly context?: number },
): BlockSettings {
  const { activation = 'gelu', epsilon = 1e-5, dropout = 0, normFirst = true } = options;
  requireAttentionOptions(where, options);
  requireCount(where, 'feedForwardSize', options.feedForwardSize);
  return {
    ...options,
    activate: resolveActivation(where, activation),
    epsilon: resolveEpsilon(where, { epsilon }),
    dropout,
    normFirst,
  };
}

/** Returns the sum of `x` and what a part makes of it, normalized before or after. */
function residual(
  x: Tensor,
  name: string,
  part: (x: Tensor, scope: LayerScope) => Tensor,
  { normFirst, dropout, epsilon }: BlockSettings,
  scope: LayerScope,
): Tensor {
  const normalize = (y: Tensor): Tensor =>
    inSubScope(scope, `${name}Normalization`, (inner) =>
      normalizeFeatures(y, [-1], { epsilon }, inner),
    );
  const made = (y: Tensor): Tensor =>
    inSubScope(scope, name, (inner) => dropElements(part(y, inner), dropout, inner));
  return normFirst ? add(x, made(normalize(x))) : normalize(add(x, made(x)));
}

/** Adds what `x` finds in its own steps. */
export function selfAttention(
  x: Tensor,
  how: Pick<Attended, 'causal' | 'mask'>,
  settings: BlockSettings,
  scope: LayerScope,
): Tensor {
  requireOneTensor(scope.path, x);
  requireLayerRank(scope.path, x, 3, '[batch, time, features]');
  const part = (query: Tensor, inner: LayerScope): Tensor =>
    attend({ query, key: query, value: query, ...how }, settings, inner);
  return residual(x, 'selfAttention', part, settings, scope);
}

/** Adds what `x` finds in the steps of another sequence. */
export function crossAttention(
  x: Tensor,
  value: Tensor,
  mask: Tensor | undefined,
  settings: BlockSettings,
  scope: LayerScope,
): Tensor {
  // Positions of two sequences have no distance.
  const { rotary: _, ...others } = settings;
  const part = (query: Tensor, inner: LayerScope): Tensor =>
    attend({ query, key: value, value, causal: false, ...(mask && { mask }) }, others, inner);
  return residual(x, 'crossAttention', part, settings, scope);
}

/** Adds what two dense layers make of each step alone. */
export function feedForward(x: Tensor, settings: BlockSettings, scope: LayerScope): Tensor {
  const features = fixedSize(scope.path, x, -1, 'number of features');
  const { activate, feedForwardSize } = settings;
  const part = (y: Tensor, inner: LayerScope): Tensor => {
    const hidden = inSubScope(inner, 'inner', (at) =>
      activate(project(y, feedForwardSize, settings, at)),
    );
    return inSubScope(inner, 'outer', (at) => project(hidden, features, settings, at));
  };
  return residual(x, 'feedForward', part, settings, scope);
}

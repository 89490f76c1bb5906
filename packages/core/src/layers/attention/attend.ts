import type { Tensor } from '@etalon/compiler';
import {
  add,
  formatType,
  logicalAnd,
  matmul,
  mul,
  reshape,
  shapesEqual,
  softmax,
  swapLastAxes,
  transpose,
  where,
} from '@etalon/compiler';
import { AttributeError, ShapeError } from '@etalon/spec';
import type { Initializer } from '../../initializers/initializer.ts';
import { project } from '../dense.ts';
import { dropElements } from '../dropout.ts';
import { fixedSize, requireLayerRank } from '../fixed-size.ts';
import type { LayerScope } from '../layer.ts';
import { requireOneTensor } from '../leaves.ts';
import { inSubScope } from '../sub-scope.ts';
import { requireStreamable, throughCache } from './key-value-cache.ts';
import { cachedMask, causalMask, maskOfScores } from './mask.ts';
import { positionsOf } from './positions.ts';
import type { RotaryOptions } from './rotary.ts';
import { rotaryEmbedding } from './rotary.ts';

/** What attends, to what. */
export interface Attended {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly mask?: Tensor;
  readonly causal: boolean;
}

/** How. */
export interface AttentionSettings {
  readonly heads: number;
  readonly keySize?: number;
  readonly valueSize?: number;
  readonly outputSize?: number;
  readonly useBias?: boolean;
  readonly dropout?: number;
  readonly rotary?: boolean | RotaryOptions;
  readonly context?: number;
  readonly kernelInitializer?: Initializer;
  readonly biasInitializer?: Initializer;
}

/**
 * Stands where a score is masked: far below all scores, and so near 0 that differences of scores stay finite. Minus infinity would
 * make NaN of a row that is masked all through.
 */
const MASKED = -1e30;

/** Computes multi-head attention with variables of a layer's scope. */
export function attend(attended: Attended, settings: AttentionSettings, scope: LayerScope): Tensor {
  const { query, key, value, causal } = attended;
  const { heads, context } = settings;
  requireSequences(attended, scope.path);
  const features = fixedSize(scope.path, query, -1, 'number of features');
  const keySize = settings.keySize ?? sizeOfHead(scope.path, features, heads);
  const { valueSize = keySize, outputSize = features, rotary = false } = settings;
  const isSelf = key === query && value === query;
  const streamed =
    scope.isStreaming && (isSelf || causal || rotary !== false)
      ? requireStreamable(scope, {
          isCausalSelf: isSelf && causal,
          isMasked: attended.mask !== undefined,
          context,
        })
      : undefined;
  const position = streamed === undefined ? undefined : scope.stepsBefore(query.shape[1] ?? 1);
  const split = (name: string, x: Tensor, size: number): Tensor =>
    inSubScope(scope, name, (inner) =>
      headsOf(project(x, heads * size, settings, inner), heads, size),
    );
  const turned = (x: Tensor): Tensor => (rotary === false ? x : turn(x, rotary, position));
  const queries = turned(split('query', query, keySize));
  const own = {
    keys: turned(split('key', key, keySize)),
    values: split('value', value, valueSize),
  };
  const { keys, values } = streamed === undefined ? own : throughCache(scope, streamed, own);
  const scores = matmul(mul(queries, 1 / Math.sqrt(keySize)), swapLastAxes(keys));
  const weights = dropElements(
    weightsOf(scores, attended, { context, position }, scope.path),
    settings.dropout ?? 0,
    scope,
  );
  const [batch = 1, steps = 1] = query.shape;
  const joined = transpose(matmul(weights, values), [0, 2, 1, 3]);
  return inSubScope(scope, 'output', (inner) =>
    project(reshape(joined, [batch, steps, heads * valueSize]), outputSize, settings, inner),
  );
}

/** `[batch, time, heads · size]` as `[batch, heads, time, size]`. */
function headsOf(x: Tensor, heads: number, size: number): Tensor {
  const [batch = 1, time = 1] = x.shape;
  return transpose(reshape(x, [batch, time, heads, size]), [0, 2, 1, 3]);
}

function turn(x: Tensor, rotary: true | RotaryOptions, position: Tensor | undefined): Tensor {
  const steps = positionsOf(x.shape[2] ?? 1);
  const positions = position === undefined ? steps : add(steps, position);
  return rotaryEmbedding(x, positions, rotary === true ? {} : rotary);
}

function weightsOf(
  scores: Tensor,
  { query, value, mask, causal }: Attended,
  {
    context,
    position,
  }: { readonly context: number | undefined; readonly position: Tensor | undefined },
  path: string,
): Tensor {
  const [batch = 1, queries = 1] = query.shape;
  const keys = value.shape[1] ?? 1;
  const inTime =
    position !== undefined && context !== undefined
      ? cachedMask(queries, context, position)
      : causal
        ? causalMask(queries, keys, context)
        : undefined;
  if (mask === undefined) {
    return softmax(inTime === undefined ? scores : where(inTime, scores, MASKED));
  }
  const given = maskOfScores(mask, [batch, queries, keys], path);
  const seen = inTime === undefined ? given : logicalAnd(given, inTime);
  // Again after softmax, for queries that see no key: their scores are all equal, and their weights shall be 0.
  return where(seen, softmax(where(seen, scores, MASKED)), 0);
}

function requireSequences({ query, key, value }: Attended, path: string): void {
  for (const x of [query, key, value]) {
    requireOneTensor(path, x);
    requireLayerRank(path, x, 3, '[batch, time, features]');
  }
  const fits =
    shapesEqual(key.shape.slice(0, 2), value.shape.slice(0, 2)) &&
    shapesEqual(query.shape.slice(0, 1), value.shape.slice(0, 1));
  if (fits) return;
  throw new ShapeError(
    'SHAPE_ATTENTION',
    `${path}: queries, keys and values must have one batch, and keys and values one length, got query ${formatType(query)}, key ${formatType(key)}, value ${formatType(value)}.`,
  );
}

function sizeOfHead(path: string, features: number, heads: number): number {
  if (features % heads === 0) return features / heads;
  throw new AttributeError(
    'OPTION_HEADS',
    `${path}: the features must be shared evenly among the heads, got ${features} features for ${heads} heads.\nFix: choose another number of heads, or pass keySize.`,
  );
}

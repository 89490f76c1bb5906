import type { Tensor } from '@etalon/compiler';
import { concat, slice } from '@etalon/compiler';
import { ProgramError } from '@etalon/spec';
import type { LayerScope } from '../layer.ts';

/** Keys and values of one layer, `[batch, heads, time, size]`. */
export interface KeysAndValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/**
 * Returns the keys and values of the last `context` steps and then those of this call, `[batch, heads, context + time, size]`, and
 * leaves the last `context` of them for the next one. Places without a step hold zeros, the oldest first.
 *
 * The cache moves on instead of being written into at a position: joining and cutting copy what a write would copy too, since
 * values of programs do not change, and the newest step is always at the same place.
 */
export function throughCache(
  scope: LayerScope,
  context: number,
  { keys, values }: KeysAndValues,
): KeysAndValues {
  const through = (name: string, tensor: Tensor): Tensor => {
    const [batch = 1, heads = 1, time = 1, size = 1] = tensor.shape;
    const kept = [batch, heads, context, size];
    const cache = scope.carried(name, { dtype: 'float32', shape: kept });
    if (cache === undefined) return tensor;
    const all = concat([cache, tensor], { axis: 2 });
    scope.carry(name, slice(all, { starts: [0, 0, time, 0], sizes: kept }));
    return all;
  };
  return { keys: through('keys', keys), values: through('values', values) };
}

/**
 * Checks that what attends can be called step by step, and returns how many steps it remembers.
 *
 * @throws {ProgramError} `STREAM_ATTENTION` when it needs steps that are still to come, or a mask; `STREAM_CONTEXT` without a context.
 */
export function requireStreamable(
  scope: LayerScope,
  {
    isCausalSelf,
    isMasked,
    context,
  }: {
    readonly isCausalSelf: boolean;
    readonly isMasked: boolean;
    readonly context: number | undefined;
  },
): number {
  if (!isCausalSelf || isMasked) {
    throw new ProgramError(
      'STREAM_ATTENTION',
      `${scope.path}: what is called step by step can attend to the steps before and to another sequence as a whole, got ${
        isMasked
          ? 'self-attention with a mask'
          : 'attention that is not causal, or rotary or causal to another sequence'
      }.\nFix: use freeze(), or causal self-attention without a mask.`,
    );
  }
  if (context !== undefined) return context;
  throw new ProgramError(
    'STREAM_CONTEXT',
    `${scope.path}: what is called step by step needs to know how many steps it remembers, got no context.\nFix: pass the option context, the largest number of steps that a query sees.`,
  );
}

import type { Tensor } from '@etalon/compiler';
import {
  add,
  constant,
  einsum,
  gather,
  gelu,
  matmul,
  mul,
  reduceMean,
  reshape,
  softmax,
  where,
} from '@etalon/compiler';
import type { Tensors } from '../cases/case.ts';
import { layerNormalized } from './layer-normalized.ts';
import { linear, part } from './parameters.ts';

const TIME = 5;
const HEADS = 2;
const DEPTH = 4;

/** Whether a query may see a key: not those after it. */
function causal(): Tensor {
  const places = Array.from({ length: TIME * TIME }, (_, at) => at % TIME <= Math.floor(at / TIME));
  return constant({ dtype: 'bool', shape: [TIME, TIME], data: Uint8Array.from(places, Number) });
}

function attend(parameters: Tensors, x: Tensor): Tensor {
  const [batch = 1] = x.shape;
  const heads = (features: Tensor): Tensor => reshape(features, [batch, TIME, HEADS, DEPTH]);
  const query = heads(linear(parameters, 'attention_1/query', x));
  // No bias: it moves all scores of a query alike, so that its gradient is rounding errors alone.
  const key = heads(matmul(x, part(parameters, 'attention_1/key/kernel')));
  const value = heads(linear(parameters, 'attention_1/value', x));
  const scores = einsum('bqhd,bkhd->bhqk', query, key);
  const seen = where(causal(), mul(scores, 1 / Math.sqrt(DEPTH)), -1e9);
  const mixed = einsum('bhqk,bkhd->bqhd', softmax(seen), value);
  const joined = reshape(mixed, [batch, TIME, HEADS * DEPTH]);
  return linear(parameters, 'attention_1/output', joined);
}

/** Logits of int32 ids `[batch, time]`: a transformer's decoder block over embeddings and positions, its mean over time. */
export function attention(parameters: Tensors, ids: Tensor): Tensor {
  const tokens = gather(part(parameters, 'embedding_1/embeddings'), ids);
  const x = add(tokens, part(parameters, 'positions_1/embeddings'));
  const attended = add(x, attend(parameters, layerNormalized(parameters, 'norm_1', x)));
  const wide = gelu(linear(parameters, 'dense_1', layerNormalized(parameters, 'norm_2', attended)));
  const hidden = add(attended, linear(parameters, 'dense_2', wide));
  return linear(parameters, 'dense_3', reduceMean(hidden, { axes: 1 }));
}

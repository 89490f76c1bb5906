import type { RandomAttributes, RandomOperatorsV1, Shape } from '@etalon/spec';
import { currentBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { emit } from './emit.ts';

/** Options of a random draw. */
export interface RandomOptions {
  /** Name of the stream; default the path of the call. Equal names in one program are numbered. */
  readonly stream?: string;
}

/** Returns a float32 draw, uniform in `[low, high)`. See {@link RandomOperatorsV1.randomUniform}. */
export function randomUniform(
  shape: Shape,
  {
    low = 0,
    high = 1,
    stream,
  }: RandomOptions & { readonly low?: number; readonly high?: number } = {},
): Tensor {
  return emit('randomUniform', [], { shape, ...drawOf(stream, 'uniform'), low, high });
}

/** Returns a float32 standard normal draw. See {@link RandomOperatorsV1.randomNormal}. */
export function randomNormal(shape: Shape, { stream }: RandomOptions = {}): Tensor {
  return emit('randomNormal', [], { shape, ...drawOf(stream, 'normal') });
}

/** Returns a bool draw, true with a probability. See {@link RandomOperatorsV1.randomBernoulli}. */
export function randomBernoulli(
  shape: Shape,
  { probability, stream }: RandomOptions & { readonly probability: number },
): Tensor {
  return emit('randomBernoulli', [], { shape, ...drawOf(stream, 'bernoulli'), probability });
}

function drawOf(given: string | undefined, kind: string): Pick<RandomAttributes, 'stream'> {
  return { stream: currentBuilder(kind).nextStream(given ?? kind) };
}

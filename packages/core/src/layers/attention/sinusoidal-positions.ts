import type { Tensor } from '@etalon/compiler';
import { add, concat, cos, reshape, sin, slice } from '@etalon/compiler';
import { fixedSize, requireLayerRank } from '../fixed-size.ts';
import type { Layer, LayerOptions } from '../layer.ts';
import { createTensorLayer } from '../tensor-layer.ts';
import { positionsOf } from './positions.ts';
import { anglesOf } from './rotary.ts';

/**
 * Returns a layer that adds to each step of a sequence what tells its position: `[batch, time, features]`, of the same shape. Feature
 * `2i` gets `sin(position · 10000^(-2i/features))`, feature `2i + 1` the cosine of the same. No variables. Vaswani et al. 2017.
 *
 * In a model that is called step by step it carries the position.
 *
 * @throws {ShapeError} (in the model) when the input is no sequence of features of a fixed number.
 */
export function sinusoidalPositions(options: LayerOptions = {}): Layer {
  return createTensorLayer('sinusoidalPositions', options, (x, scope) => {
    requireLayerRank(scope.path, x, 3, '[batch, time, features]');
    const features = fixedSize(scope.path, x, -1, 'number of features');
    const steps = positionsOf(x.shape[1] ?? 1);
    const before = scope.stepsBefore(x.shape[1] ?? 1);
    return add(x, waves(before === undefined ? steps : add(steps, before), features));
  });
}

function waves(positions: Tensor, features: number): Tensor {
  const pairs = Math.ceil(features / 2);
  const frequencies = Array.from({ length: pairs }, (_, i) => 10_000 ** ((-2 * i) / features));
  const angles = anglesOf(positions, frequencies);
  const [time = 1] = positions.shape;
  const column = (wave: Tensor): Tensor => reshape(wave, [time, pairs, 1]);
  const both = reshape(concat([column(sin(angles)), column(cos(angles))], { axis: 2 }), [
    time,
    2 * pairs,
  ]);
  return slice(both, { starts: [0, 0], sizes: [time, features] });
}

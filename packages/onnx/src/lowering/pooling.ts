import type { PoolingAttributes } from '@etalon/spec';
import { averagePoolGradient } from './average-pool-gradient.ts';
import type { GraphEmitter } from './graph-emitter.ts';
import type { LoweringContext, LoweringsOf } from './lowering.ts';
import { channelsFirst, operand } from './lowering.ts';
import { maxPoolGradient } from './max-pool-gradient.ts';
import { placesOfMaxima, wayToPlaces } from './max-pool-places.ts';
import { poolAttributes, poolingWindow } from './window.ts';

type Pooling =
  | 'averagePool2d'
  | 'averagePool2dGradient'
  | 'maxPool2d'
  | 'maxPool2dGradient'
  | 'maxPool2dSelect';

/** Lowerings of pooling and its gradients. */
export const poolingLowerings: LoweringsOf<Pooling> = {
  averagePool2d: (context) => {
    const { emitter, attributes } = context;
    const image = operand(context, 0).channelsFirst();
    const window = poolAttributes(poolingWindow(attributes));
    return channelsFirst(emitter.emit('AveragePool', [image], { count_include_pad: 0, ...window }));
  },

  averagePool2dGradient: (context) => channelsFirst(averagePoolGradient(context)),

  maxPool2d: (context) => {
    const { emitter, attributes, needsMaxima } = context;
    const image = operand(context, 0).channelsFirst();
    const largest = needsMaxima ? poolWithIndices(emitter, image, attributes).largest : undefined;
    return channelsFirst(largest ?? maxPool(emitter, image, attributes));
  },

  maxPool2dGradient: (context) => {
    const image = operand(context, 0).channelsFirst();
    return channelsFirst(maxPoolGradient(context, image, maximaOf(context, image)));
  },

  maxPool2dSelect: (context) => {
    const { emitter } = context;
    const maxima = maximaOf(context, operand(context, 0).channelsFirst());
    const elements = emitter.emit('Reshape', [
      operand(context, 1).channelsFirst(),
      emitter.int64s([-1]),
    ]);
    return channelsFirst(emitter.emit('Gather', [elements, maxima], { axis: 0 }));
  },
};

function maxPool(emitter: GraphEmitter, image: string, attributes: PoolingAttributes): string {
  return emitter.emit('MaxPool', [image], poolAttributes(poolingWindow(attributes)));
}

/** Returns where each window's first maximum lies in the flattened NCHW image, found once per image and window. */
function maximaOf(
  context: LoweringContext<'maxPool2dGradient' | 'maxPool2dSelect'>,
  image: string,
): string {
  const { emitter, sizes, attributes, pooled } = context;
  const { shape } = operand(context, 0).type;
  if (wayToPlaces(shape, attributes) === 'indices') {
    return poolWithIndices(emitter, image, attributes).maxima;
  }
  return emitter.memo(maximaKey(image, attributes), () => {
    const largest = pooled?.channelsFirst() ?? maxPool(emitter, image, attributes);
    return placesOfMaxima(emitter, sizes, { image, shape, attributes, largest });
  });
}

/** Returns the places as `MaxPool` finds them, and the maxima themselves if this call found them. */
function poolWithIndices(
  emitter: GraphEmitter,
  image: string,
  attributes: PoolingAttributes,
): { readonly maxima: string; readonly largest: string | undefined } {
  let largest: string | undefined;
  const maxima = emitter.memo(maximaKey(image, attributes), () => {
    const window = poolAttributes(poolingWindow(attributes));
    const made = emitter.emitMany('MaxPool', [image], ['largest', 'indices'], window);
    largest = made[0];
    return made[1] ?? '';
  });
  return { maxima, largest };
}

function maximaKey(image: string, attributes: PoolingAttributes): string {
  return `maxima ${image} ${JSON.stringify(poolAttributes(poolingWindow(attributes)))}`;
}

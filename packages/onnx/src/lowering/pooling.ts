import type { PoolingAttributes } from '@etalon/spec';
import { averagePoolGradient } from './average-pool-gradient.ts';
import type { GraphEmitter } from './graph-emitter.ts';
import type { LoweringsOf } from './lowering.ts';
import { channelsFirst, operand } from './lowering.ts';
import { maxPoolGradient } from './max-pool-gradient.ts';
import { isQuartered, maskGradient } from './max-pool-mask.ts';
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
    const largest = needsMaxima ? poolWithMaxima(emitter, image, attributes).largest : undefined;
    const window = poolAttributes(poolingWindow(attributes));
    return channelsFirst(largest ?? emitter.emit('MaxPool', [image], window));
  },

  maxPool2dGradient: (context) => {
    const { emitter, attributes, pooled } = context;
    const { shape } = operand(context, 0).type;
    const image = operand(context, 0).channelsFirst();
    if (isQuartered(shape, attributes)) {
      const window = poolAttributes(poolingWindow(attributes));
      const pool = {
        image,
        pooled: pooled?.channelsFirst() ?? emitter.emit('MaxPool', [image], window),
        gradient: operand(context, 1).channelsFirst(),
        height: Number(shape[1]),
        width: Number(shape[2]),
        attributes,
      };
      return channelsFirst(maskGradient(emitter, pool));
    }
    const { maxima } = poolWithMaxima(emitter, image, attributes);
    return channelsFirst(maxPoolGradient(context, image, maxima));
  },

  maxPool2dSelect: (context) => {
    const { emitter, attributes } = context;
    const { maxima } = poolWithMaxima(emitter, operand(context, 0).channelsFirst(), attributes);
    const elements = emitter.emit('Reshape', [
      operand(context, 1).channelsFirst(),
      emitter.int64s([-1]),
    ]);
    return channelsFirst(emitter.emit('Gather', [elements, maxima], { axis: 0 }));
  },
};

/**
 * Returns where each window's first maximum lies in the flattened NCHW image, found once per image and
 * window, and the maxima themselves if this call found them.
 */
function poolWithMaxima(
  emitter: GraphEmitter,
  image: string,
  attributes: PoolingAttributes,
): { readonly maxima: string; readonly largest: string | undefined } {
  const window = poolAttributes(poolingWindow(attributes));
  let largest: string | undefined;
  const maxima = emitter.memo(`maxima ${image} ${JSON.stringify(window)}`, () => {
    const made = emitter.emitMany('MaxPool', [image], ['largest', 'indices'], window);
    largest = made[0];
    return made[1] ?? '';
  });
  return { maxima, largest };
}

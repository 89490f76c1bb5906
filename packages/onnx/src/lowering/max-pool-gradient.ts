import { elementCount, multiplyDimensions, subtractDimensions } from '@etalon/compiler';
import type { Dimension } from '@etalon/spec';
import { channelsFirstShape } from './lowered-value.ts';
import type { LoweringContext } from './lowering.ts';
import { operand } from './lowering.ts';
import { areDisjoint, isUnpadded, poolingWindow } from './window.ts';

type Context = LoweringContext<'maxPool2dGradient'>;

/**
 * Adds the gradient of max pooling: each window's gradient goes to the place of its maximum. Where windows
 * share no element `MaxUnpool` writes them, else `ScatterElements` adds them up: with windows of 2 x 2 on 64 images of 26 x 26 x 16
 * 5.6 and 6.8 ms, places as `MaxPool` finds them included (`benchmarks/lowerings.mjs`; ONNX Runtime 1.30, one thread).
 *
 * @param image - the pooled image, NCHW.
 * @param maxima - places in the flattened image.
 */
export function maxPoolGradient(context: Context, image: string, maxima: string): string {
  const { emitter, sizes, attributes } = context;
  const shape = channelsFirstShape(operand(context, 0).type.shape);
  const gradient = operand(context, 1).channelsFirst();
  const window = poolingWindow(attributes);
  if (areDisjoint(window) && isUnpadded(window)) return unpool(context, image, gradient, maxima);
  // ScatterND with addition is a data race in ONNX Runtime (its issue 23396).
  const count = elementCount(shape);
  const everything = emitter.int64s([-1]);
  const zeros = emitter.emit('Expand', [emitter.float(0), sizes.single(count)]);
  const sums = emitter.emit(
    'ScatterElements',
    [
      zeros,
      emitter.emit('Reshape', [maxima, everything]),
      emitter.emit('Reshape', [gradient, everything]),
    ],
    { axis: 0, reduction: 'add' },
  );
  return sizes.reshape(sums, [count], shape);
}

// MaxUnpool reads of its window only the size of the result, `(outputs - 1) · stride + window`: the window is
// free to name an image that the pooling did not fill.
function unpool(context: Context, image: string, gradient: string, maxima: string): string {
  const { emitter, attributes } = context;
  const { strides, windowSize } = attributes;
  const [, height = 1, width = 1] = operand(context, 0).type.shape;
  const [, rows = 1, columns = 1] = operand(context, 1).type.shape;
  const fit = [fitting(height, rows, strides[0]), fitting(width, columns, strides[1])];
  if (fit.every((size) => typeof size === 'number')) {
    return emitter.emit('MaxUnpool', [gradient, maxima], { kernel_shape: fit, strides });
  }
  return emitter.emit('MaxUnpool', [gradient, maxima, emitter.emit('Shape', [image])], {
    kernel_shape: windowSize,
    strides,
  });
}

function fitting(size: Dimension, outputs: Dimension, stride: number): Dimension {
  return subtractDimensions(size, multiplyDimensions(subtractDimensions(outputs, 1), stride));
}

import { elementCount, multiplyDimensions, subtractDimensions } from '@etalon/compiler';
import type { Dimension } from '@etalon/spec';
import { channelsFirstShape } from './lowered-value.ts';
import type { LoweringContext } from './lowering.ts';
import { operand } from './lowering.ts';
import { areDisjoint, isUnpadded, poolingWindow } from './window.ts';

type Context = LoweringContext<'maxPool2dGradient'>;

/**
 * Adds the gradient of max pooling: each window's gradient goes to the place of its maximum. Where windows
 * share no element `MaxUnpool` writes them, else `ScatterElements` adds them up. ms with ONNX Runtime 1.30 on one thread, pooling
 * included (`benchmarks/lowerings.mjs`), by `MaxUnpool`, by `ScatterElements` and by the mask of `max-pool-mask.ts`:
 *
 * - 64 images of 28 x 28 x 8, windows of 2 x 2: 1.88, 2.20, 0.93; 64 of 24 x 24 x 32: 5.7, 6.9, 4.6; 1 of 56 x 56 x 64: 0.91, 1.07,
 *   0.42; 1 of 26 x 26 x 16: 0.036, 0.043, 0.040
 * - 64 of 27 x 27 x 16, windows of 3 x 3: 2.5, 3.0, 3.3
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

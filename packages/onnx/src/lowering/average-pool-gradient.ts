import { multiplyDimensions } from '@etalon/compiler';
import type { Dimension, Pair } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import { channelsFirstShape } from './lowered-value.ts';
import type { LoweringContext } from './lowering.ts';
import { operand } from './lowering.ts';
import { transposedConvolution } from './transposed-convolution.ts';
import type { Window } from './window.ts';
import { isUnpadded, poolAttributes, poolingWindow, remainder } from './window.ts';

type Context = LoweringContext<'averagePool2dGradient'>;

/** Adds the gradient of average pooling: each window's share, spread over its elements. Returns NCHW. */
export function averagePoolGradient(context: Context): string {
  const { emitter, attributes } = context;
  const gradient = operand(context, 0).channelsFirst();
  const window = poolingWindow(attributes);
  if (isStepless(window)) return averageBack(context, gradient, window);
  const share = emitter.emit('Div', [gradient, elementCounts(context, window)]);
  return isTiling(window) ? spreadTiles(context, share, window) : spread(context, share, window);
}

function isStepless({ strides }: Window): boolean {
  return strides.every((stride) => stride === 1);
}

// At stride 1 what an element gets is an average of the padded gradient: 64 images of 14 x 14 x 32 and windows of 3 x 3 take 0.32 ms
// instead of 1.19 as a convolution (ONNX Runtime 1.30, one thread; so below).
function averageBack(context: Context, gradient: string, window: Window): string {
  const { emitter } = context;
  const { size, before, after } = window;
  const total = emitter.float(size[0] * size[1]);
  const shares = isUnpadded(window)
    ? gradient
    : emitter.emit('Mul', [emitter.emit('Div', [gradient, elementCounts(context, window)]), total]);
  const backwards = {
    ...window,
    before: [size[0] - 1 - before[0], size[1] - 1 - before[1]],
    after: [size[0] - 1 - after[0], size[1] - 1 - after[1]],
  } as const;
  return emitter.emit('AveragePool', [shares], {
    count_include_pad: 1,
    ...poolAttributes(backwards),
  });
}

/** Returns how many elements of the image each window holds, in a shape that broadcasts. */
function elementCounts(context: Context, window: Window): string {
  const { sizes, attributes } = context;
  const emitter = context.emitter.outermost;
  if (isUnpadded(window)) return emitter.float(window.size[0] * window.size[1]);
  const one = sizes.vector([1, 1, ...attributes.inputSize]);
  const image = emitter.emit('Expand', [emitter.float(1), one]);
  return emitter.emit('Conv', [image, onesFilter(emitter, window.size)], poolAttributes(window));
}

/**
 * Windows of so many elements at most are repeated by `Resize`: 64 images of 26 x 26 x 16 and windows of 2 x 2 take 0.35 ms instead of
 * 0.86 as a convolution, but 64 of 27 x 27 x 16 and windows of 3 x 3 1.10 instead of 0.92.
 */
const REPEATED_ELEMENTS = 4;

function isTiling(window: Window): boolean {
  const [[height, width], [down, right]] = [window.size, window.strides];
  const repeats = height * width <= REPEATED_ELEMENTS;
  return height === down && width === right && repeats && isUnpadded(window);
}

function spreadTiles(context: Context, share: string, window: Window): string {
  const { emitter, sizes, attributes } = context;
  const scales = emitter.constant('float32', [1, 1, ...window.size], 1);
  const tiles = emitter.emit('Resize', [share, '', scales], {
    coordinate_transformation_mode: 'asymmetric',
    mode: 'nearest',
    nearest_mode: 'floor',
  });
  const [rows, columns] = windowsOf(context);
  const rest = [
    remainder(window, 0, attributes.inputSize[0], rows),
    remainder(window, 1, attributes.inputSize[1], columns),
  ];
  if (rest.every((count) => count === 0)) return tiles;
  return emitter.emit('Pad', [tiles, sizes.vector([0, 0, 0, 0, 0, 0, ...rest])]);
}

// Each plane is an image of one channel, so that the number of channels need not be known.
function spread(context: Context, share: string, window: Window): string {
  const { emitter, sizes, attributes, output } = context;
  const [rows, columns] = windowsOf(context);
  const [batch = 1, channels = 1, ...image] = channelsFirstShape(output.shape);
  const planes = multiplyDimensions(batch, channels);
  const spreadPlanes = transposedConvolution(emitter, sizes, {
    image: sizes.reshape(share, [batch, channels, rows, columns], [planes, 1, rows, columns]),
    filter: onesFilter(emitter, window.size),
    window,
    groups: 1,
    imageSize: [rows, columns],
    resultSize: attributes.inputSize,
  });
  return sizes.reshape(spreadPlanes, [planes, 1, ...image], [batch, channels, ...image]);
}

function windowsOf(context: Context): readonly [Dimension, Dimension] {
  const [, rows = 1, columns = 1] = operand(context, 0).type.shape;
  return [rows, columns];
}

function onesFilter(emitter: GraphEmitter, [height, width]: Pair): string {
  return emitter.memo(`ones ${height} ${width}`, () =>
    emitter.initializer(
      emitter.tensorNames.unique(`constants/ones[1,1,${height},${width}]`),
      [1, 1, height, width],
      { dtype: 'float32', data: new Array<number>(height * width).fill(1) },
    ),
  );
}

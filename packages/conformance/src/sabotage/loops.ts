import type { Tensor } from '@etalon/compiler';
import { add, constant, dimensionSize, gather, sub } from '@etalon/compiler';
import type { Loop, LoopResult } from './rewrite.ts';
import { rightLoop } from './rewrite.ts';

function integers(data: readonly number[], shape: readonly number[]): Tensor {
  return constant({ dtype: 'int32', shape, data: Int32Array.from(data) });
}

/** Wrong loops, by the name of the backend that runs them. */
export const wrongLoops: Readonly<Record<string, (loop: Loop) => LoopResult>> = {
  'loop-ignores-reverse': (loop) =>
    rightLoop({ ...loop, attributes: { ...loop.attributes, reverse: false } }),
  'loop-keeps-first-carried': (loop) =>
    rightLoop({
      ...loop,
      step: (carried, slices, iteration) => ({
        ...loop.step(carried, slices, iteration),
        carried,
      }),
    }),
  'loop-counts-from-one': (loop) =>
    rightLoop({
      ...loop,
      step: (carried, slices, iteration) => loop.step(carried, slices, add(iteration, 1)),
    }),
  'loop-counts-in-order-of-time': (loop) => {
    const { length, reverse } = loop.attributes;
    if (!reverse) return rightLoop(loop);
    return rightLoop({
      ...loop,
      step: (carried, slices, iteration) =>
        loop.step(carried, slices, sub(sub(dimensionSize(length), 1), iteration)),
    });
  },
  'loop-stays-at-first-slice': (loop) =>
    rightLoop({
      ...loop,
      step: (carried, _, iteration) => {
        const first = integers([0], []);
        return loop.step(
          carried,
          loop.wholes.map((whole) => gather(whole, first)),
          iteration,
        );
      },
    }),
  'loop-stacks-in-order-of-time': (loop) => {
    const { length, reverse } = loop.attributes;
    const { carried, stacked } = rightLoop(loop);
    if (!reverse || typeof length !== 'number') return { carried, stacked };
    const places = integers(
      Array.from({ length }, (_, at) => length - 1 - at),
      [length],
    );
    return { carried, stacked: stacked.map((whole) => gather(whole, places)) };
  },
};

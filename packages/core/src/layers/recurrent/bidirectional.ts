import type { Tensor } from '@etalon/compiler';
import { add, concat, isTensor, mul } from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';
import type { Layer, LayerOptions } from '../layer.ts';
import { createLayer } from '../layer.ts';
import type { RecurrentInputs } from './recurrent-layer.ts';

/** How the outputs of both directions become one. */
export type MergeMode = 'concat' | 'sum' | 'average' | 'multiply';

/** Options of `bidirectional`. */
export interface BidirectionalOptions extends LayerOptions {
  /** Default `concat`, of the features. */
  readonly mergeMode?: MergeMode;
}

/** What a direction takes: the sequence, perhaps with a mask. */
export type DirectedInputs = Tensor | Omit<RecurrentInputs<never>, 'initialState'>;

const merges: Readonly<Record<MergeMode, (a: Tensor, b: Tensor) => Tensor>> = {
  concat: (a, b) => concat([a, b], { axis: -1 }),
  sum: (a, b) => add(a, b),
  average: (a, b) => mul(add(a, b), 0.5),
  multiply: (a, b) => mul(a, b),
};

/**
 * Returns a layer that reads a sequence in both directions. Keras `Bidirectional`, with its `mergeMode`s; Schuster and Paliwal 1997.
 *
 * @param make - makes a recurrent layer for a direction; it is called twice, so that each has variables of its own.
 * @throws {AttributeError} when there is no such merge mode.
 *
 * @example
 * bidirectional((direction) => lstm(64, { direction, returnSequences: true }));
 */
export function bidirectional(
  make: (direction: 'forward' | 'reverse') => Layer<DirectedInputs>,
  options: BidirectionalOptions = {},
): Layer<DirectedInputs> {
  const { mergeMode = 'concat' } = options;
  const forward = make('forward');
  const reverse = make('reverse');
  if (!Object.hasOwn(merges, mergeMode)) {
    throw new AttributeError(
      'OPTION_CHOICE',
      `${options.name ?? 'bidirectional'}: there is no such merge mode, got ${JSON.stringify(mergeMode)}.\nExpected one of ${JSON.stringify(Object.keys(merges))}.`,
    );
  }
  return createLayer('bidirectional', options, (input: DirectedInputs) => {
    const inputs = isTensor(input) ? { input } : input;
    return merges[mergeMode](forward(inputs), reverse(inputs));
  });
}

import { mapField, shuffledIndices, subset } from '@etalon/datasets';
import type { Digits } from './digits.ts';
import { wholeOf } from './digits.ts';

/** Splits digits into 0 to 4 and 5 to 9, whose labels become 0 to 4 too. */
export function halvesOf(digits: Digits): { readonly low: Digits; readonly high: Digits } {
  const { label } = wholeOf(digits);
  const places = (isIn: (digit: number) => boolean): readonly number[] =>
    Array.from(label.data, (_, at) => at).filter((at) => isIn(label.data[at] ?? 0));
  const low = subset(
    digits,
    places((digit) => digit < 5),
  );
  const high = subset(
    digits,
    places((digit) => digit >= 5),
  );
  return { low, high: mapField(high, 'label', { dtype: 'int32', shape: [] }, minusFive) };
}

function minusFive({
  shape,
  data,
}: {
  readonly shape: readonly number[];
  readonly data: Int32Array;
}) {
  return { dtype: 'int32', shape, data: data.map((digit) => digit - 5) } as const;
}

/** Draws as many images of each of five labels. */
export function drawOfEach(digits: Digits, perLabel: number, seed: number): Digits {
  const { label } = wholeOf(digits);
  const order = [...shuffledIndices(digits.size, { seed })];
  const drawn = [0, 1, 2, 3, 4].flatMap((wanted) =>
    order.filter((at) => label.data[at] === wanted).slice(0, perLabel),
  );
  return subset(digits, drawn);
}

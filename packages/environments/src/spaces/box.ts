import type { SpaceJson } from './space.ts';
import { invalidSpace, Space } from './space.ts';

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
} as const;

/** Values of a {@link Box}, by data type. */
export interface BoxArrays {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
}

/** Data types of a {@link Box}. */
export type BoxDtype = keyof BoxArrays;

/** Values of a {@link Box}. */
export type BoxArray<Dtype extends BoxDtype = BoxDtype> = BoxArrays[Dtype];

/** What a {@link Box} is made from. */
export interface BoxOptions<Dtype extends BoxDtype = 'float32'> {
  /** The smallest value, or one for each number; `-Infinity` where there is none. */
  readonly low: number | ArrayLike<number>;
  /** The largest value, or one for each number; `Infinity` where there is none. */
  readonly high: number | ArrayLike<number>;
  /** Shape of values; default `[length of low or high]`, or `[1]`. */
  readonly shape?: readonly number[];
  /** Data type of values; default `float32`. */
  readonly dtype?: Dtype;
}

/**
 * Numbers, each between two bounds: Gymnasium's `Box` (`gymnasium/spaces/box.py`). Values are typed arrays in row-major order.
 *
 * Draws are uniform between two bounds, exponential from one, and normal where there is none, in the order in which NumPy draws them.
 */
export class Box<Dtype extends BoxDtype = 'float32'> extends Space<BoxArray<Dtype>> {
  override readonly kind: 'box' = 'box';
  /** The smallest value of each number. */
  readonly low: BoxArray<Dtype>;
  /** The largest value of each number. */
  readonly high: BoxArray<Dtype>;
  /** Shape of values. */
  readonly shape: readonly number[];
  /** Data type of values. */
  readonly dtype: Dtype;
  /** Number of numbers. */
  readonly size: number;
  /** For each number, 2 where it is bounded below, plus 1 where it is bounded above. */
  readonly #bounded: Uint8Array;

  /**
   * Makes a space.
   *
   * @throws {EnvironmentError} `INVALID_SPACE` when a bound is NaN or not of the data type, low is above high, or lengths differ from the
   * shape.
   */
  constructor(options: BoxOptions<Dtype>) {
    super();
    const { low, high, dtype = 'float32' as Dtype } = options;
    const lengths = [low, high].map((bound) => (typeof bound === 'number' ? 1 : bound.length));
    this.shape = options.shape ?? [Math.max(...lengths)];
    this.size = this.shape.reduce((product, size) => product * size, 1);
    this.dtype = dtype;
    const each = (bound: number | ArrayLike<number>): number[] =>
      Array.from({ length: this.size }, (_, at) =>
        typeof bound === 'number' ? bound : (bound[at] ?? Number.NaN),
      );
    const [below, above] = [each(low), each(high)];
    const [least, most] = range(dtype);
    this.#bounded = Uint8Array.from(
      below,
      (bound, at) => 2 * Number(bound > -Infinity) + Number((above[at] ?? 0) < Infinity),
    );
    const isSigned = least < 0;
    const isBelow = (bound: number): boolean => bound >= least || (bound === -Infinity && isSigned);
    const isAbove = (bound: number): boolean => bound <= most || (bound === Infinity && isSigned);
    const fits = (bound: number | ArrayLike<number>): boolean =>
      typeof bound === 'number' || bound.length === this.size;
    const isSpace =
      this.shape.every((size) => Number.isSafeInteger(size) && size >= 0) &&
      [low, high].every(fits) &&
      below.every(
        (bound, at) => isBelow(bound) && isAbove(above[at] ?? 0) && bound <= (above[at] ?? 0),
      );
    if (!isSpace) {
      throw invalidSpace(
        'Box',
        options,
        `bounds of ${dtype} with low <= high, one or one for each`,
      );
    }
    const isFloat = dtype.startsWith('float');
    this.low = create(dtype, isFloat ? below : below.map((bound) => Math.max(bound, least)));
    this.high = create(dtype, isFloat ? above : above.map((bound) => Math.min(bound, most)));
  }

  /** Returns whether numbers are bounded, on one side or on both. */
  isBounded(side: 'both' | 'below' | 'above' = 'both'): boolean {
    const needed = { both: 3, below: 2, above: 1 }[side];
    return this.#bounded.every((bounds) => (bounds & needed) === needed);
  }

  override sample(): BoxArray<Dtype> {
    const isFloat = this.dtype.startsWith('float');
    const drawn = new Float64Array(this.size);
    const draw = (bounds: number, one: (low: number, high: number) => number): void => {
      for (let at = 0; at < drawn.length; at++) {
        if (this.#bounded[at] !== bounds) continue;
        drawn[at] = one(this.low[at] ?? 0, (this.high[at] ?? 0) + (isFloat ? 0 : 1));
      }
    };
    draw(0, () => this.random.normal());
    draw(2, (low) => this.random.exponential() + low);
    draw(1, (_, high) => high - this.random.exponential());
    draw(3, (low, high) => this.random.uniform(low, high));
    if (isFloat) return create(this.dtype, drawn);
    const [least, most] = range(this.dtype);
    const inside = least < 0 ? 2 : 0;
    return create(
      this.dtype,
      drawn.map((value) => Math.min(Math.max(Math.floor(value), least + inside), most - inside)),
    );
  }

  override contains(value: unknown): value is BoxArray<Dtype> {
    const isNumbers = value instanceof arrays[this.dtype] || Array.isArray(value);
    if (!isNumbers || value.length !== this.size) return false;
    for (let at = 0; at < this.size; at++) {
      const own: unknown = value[at];
      // NaN is neither.
      if (!((own as number) >= (this.low[at] ?? 0) && (own as number) <= (this.high[at] ?? 0))) {
        return false;
      }
    }
    return true;
  }

  override toJSON(): SpaceJson {
    const bound = (values: ArrayLike<number>, bit: number): (number | string)[] =>
      Array.from(values, (value, at) => ((this.#bounded[at] ?? 0) & bit ? value : 'none'));
    const [low, high] = [bound(this.low, 2), bound(this.high, 1)];
    return { kind: this.kind, low, high, shape: this.shape, dtype: this.dtype };
  }

  override toString(): string {
    const short = (values: ArrayLike<number>): string => {
      const [first, ...others] = Array.from(values);
      return others.every((other) => other === first) ? `${first}` : `[${[first, ...others]}]`;
    };
    return `Box(${short(this.low)}, ${short(this.high)}, [${this.shape}], ${this.dtype})`;
  }
}

/** Returns an array of a data type. */
export function create<Dtype extends BoxDtype>(
  dtype: Dtype,
  values: ArrayLike<number>,
): BoxArray<Dtype> {
  return arrays[dtype].from(values) as BoxArray<Dtype>;
}

/** The smallest and the largest finite number of a data type. */
function range(dtype: BoxDtype): readonly [number, number] {
  if (dtype === 'float64') return [-Number.MAX_VALUE, Number.MAX_VALUE];
  if (dtype === 'float32') return [-3.4028234663852886e38, 3.4028234663852886e38];
  const bits = 8 * arrays[dtype].BYTES_PER_ELEMENT;
  return dtype.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

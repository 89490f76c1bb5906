import { EnvironmentError } from '../errors.ts';
import { logarithmOf1Plus } from '../math/exponential.ts';
import { multiplyHigh, Pcg64 } from './pcg64.ts';
import type { Seed, SeedSequence } from './seed-sequence.ts';
import { standardExponential, standardNormal } from './ziggurat.ts';

const two32 = 2 ** 32;

/**
 * Draws numbers as NumPy's `Generator` draws them from `PCG64`, draw for draw and bit for bit (`numpy/random/_generator.pyx`, NumPy 2):
 * what a program in Python does with `numpy.random.default_rng(seed)` happens here too.
 *
 * @example
 * const random = new RandomGenerator(42);
 * random.integers(0, 6); // 0, as default_rng(42).integers(0, 6)
 */
export class RandomGenerator {
  /** Where the bits come from. */
  readonly bits: Pcg64;

  /**
   * Begins the stream of a seed, or goes on with one.
   *
   * @param source - a seed, or bits.
   * @throws {EnvironmentError} `INVALID_SEED` when the seed is no integer of at least 0.
   */
  constructor(source: Seed | SeedSequence | Pcg64) {
    this.bits = source instanceof Pcg64 ? source : new Pcg64(source);
  }

  /** Returns a number of at least 0 and below 1, a multiple of 2^-53. */
  random(): number {
    return this.bits.nextDouble();
  }

  /** Returns a float32 number of at least 0 and below 1, a multiple of 2^-24: `random(dtype=float32)`. */
  randomFloat32(): number {
    return (this.bits.nextUint32() >>> 8) * 2 ** -24;
  }

  /** Returns a number of at least `low` and, but for rounding, below `high`. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * this.bits.nextDouble();
  }

  /** Returns a normally distributed number: `normal(mean, deviation)`. */
  normal(mean = 0, deviation = 1): number {
    return mean + deviation * standardNormal(this.bits);
  }

  /** Returns an exponentially distributed number: `exponential(scale)`. */
  exponential(scale = 1): number {
    return scale * standardExponential(this.bits);
  }

  /**
   * Returns how many throws it takes until one succeeds, of at least 1: `geometric(probability)`.
   *
   * @throws {EnvironmentError} `INVALID_PROBABILITIES` unless the probability is above 0 and at most 1.
   */
  geometric(probability: number): number {
    if (!(probability > 0 && probability <= 1)) {
      throw new EnvironmentError('INVALID_PROBABILITIES', [
        `geometric: the probability must be above 0 and at most 1, got ${probability}.`,
      ]);
    }
    if (probability < 1 / 3) {
      return Math.ceil(-standardExponential(this.bits) / logarithmOf1Plus(-probability));
    }
    const drawn = this.random();
    let [throws, last, sum] = [1, probability, probability];
    while (drawn > sum) {
      last *= 1 - probability;
      sum += last;
      throws++;
    }
    return throws;
  }

  /**
   * Returns an integer of at least `low` and below `high`, each equally likely: `integers(low, high)` of dtype int64.
   *
   * @throws {EnvironmentError} `INVALID_RANGE` unless both are integers (up to 2^53 in size), and `low` is below `high`.
   */
  integers(low: number, high: number): number {
    const isRange = Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high;
    if (!isRange || !Number.isSafeInteger(high - low)) {
      throw new EnvironmentError('INVALID_RANGE', [
        `integers: there must be integers of at least low and below high, got low ${low} and high ${high}.`,
        'Expected integers with low < high.',
      ]);
    }
    return low + this.#below(high - low);
  }

  /**
   * Returns one of some things, each equally likely, or with the given probabilities: `choice(items, p=probabilities)`.
   *
   * @param probabilities - one for each thing; they add up to 1 but for rounding.
   * @throws {EnvironmentError} `NOTHING_TO_CHOOSE` where there is none; `INVALID_PROBABILITIES` when there is not one for each, one is
   * below 0, or they do not add up to 1.
   */
  choice<T>(items: ArrayLike<T>, probabilities?: ArrayLike<number>): T {
    if (items.length === 0) {
      throw new EnvironmentError('NOTHING_TO_CHOOSE', [
        'choice: there must be something to choose, got no items.',
      ]);
    }
    const at =
      probabilities === undefined
        ? this.#below(items.length)
        : this.#weighted(items.length, probabilities);
    return items[at] as T;
  }

  /** Fills an array with zeros and ones: `integers(0, 2, dtype=int8)`, which takes bytes off draws of 32 bits and keeps none of them. */
  fillBits(bits: Int8Array): void {
    let bytes = 0;
    for (let at = 0; at < bits.length; at++) {
      bytes = at % 4 === 0 ? this.bits.nextUint32() : bytes >>> 8;
      bits[at] = (bytes >>> 7) & 1;
    }
  }

  /** Brings items into a random order, where they are: `shuffle`. */
  shuffle(items: { [index: number]: unknown; readonly length: number }): void {
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.#upTo(at);
      [items[at], items[other]] = [items[other], items[at]];
    }
  }

  /** Returns the integers from 0 up to below `count` in a random order: `permutation(count)`. */
  permutation(count: number): number[] {
    const order = Array.from({ length: count }, (_, at) => at);
    this.shuffle(order);
    return order;
  }

  /** Returns another generator at the same place of the stream. */
  clone(): RandomGenerator {
    return new RandomGenerator(this.bits.clone());
  }

  // Lemire 2019: the upper half of a product, drawn anew where the lower half would make some results likelier.
  #below(count: number): number {
    if (count === 1) return 0;
    if (count === two32) return this.bits.nextUint32();
    if (count > two32) return Number(this.#belowLarge(BigInt(count)));
    let drawn = this.bits.nextUint32();
    let left = Math.imul(drawn, count) >>> 0;
    if (left < count) {
      const threshold = (two32 - count) % count;
      while (left < threshold) {
        drawn = this.bits.nextUint32();
        left = Math.imul(drawn, count) >>> 0;
      }
    }
    return multiplyHigh(drawn, count);
  }

  #belowLarge(count: bigint): bigint {
    const two64 = 1n << 64n;
    let product = this.bits.nextUint64() * count;
    if (product % two64 < count) {
      const threshold = (two64 - count) % count;
      while (product % two64 < threshold) product = this.bits.nextUint64() * count;
    }
    return product >> 64n;
  }

  // Shuffling draws otherwise: as many bits as the largest number has, anew where they are more.
  #upTo(largest: number): number {
    const mask = 2 ** (32 - Math.clz32(largest)) - 1;
    let drawn: number;
    do drawn = (this.bits.nextUint32() & mask) >>> 0;
    while (drawn > largest);
    return drawn;
  }

  #weighted(count: number, probabilities: ArrayLike<number>): number {
    const sums: number[] = [];
    let total = 0;
    for (const probability of Array.from(probabilities)) {
      total += probability;
      sums.push(probability >= 0 ? total : Number.NaN);
    }
    const isDistribution = sums.length === count && Math.abs(total - 1) <= 1.5e-8;
    if (!isDistribution || sums.some(Number.isNaN)) {
      throw new EnvironmentError('INVALID_PROBABILITIES', [
        `choice: the probabilities must be of the items, got ${sums.length} for ${count}, with a sum of ${total}.`,
        'Expected one of at least 0 for each item, with a sum of 1.',
      ]);
    }
    const drawn = this.bits.nextDouble();
    // The last sum divided by itself is 1, which no draw reaches.
    return sums.findIndex((sum) => sum / total > drawn);
  }
}

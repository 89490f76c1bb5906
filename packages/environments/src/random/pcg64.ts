import type { Seed } from './seed-sequence.ts';
import { SeedSequence } from './seed-sequence.ts';

/** All that a {@link Pcg64} is: as NumPy's `bit_generator.state`. */
export interface Pcg64State {
  /** Place in the stream, 128 bits. */
  readonly state: bigint;
  /** Which stream, 128 bits, odd. */
  readonly increment: bigint;
  /** The second half of a draw of 64 bits, of which the first was asked for alone; `undefined` where there is none. */
  readonly half: number | undefined;
}

const multiplier = 0x2360ed051fc65da44385df649fccf645n;
// The same in words of 32 bits, the lowest first.
const [m0, m1, m2, m3] = [0x9fccf645, 0x4385df64, 0x1fc65da4, 0x2360ed05];
const mask128 = (1n << 128n) - 1n;
const two32 = 2 ** 32;

/** The upper 32 bits of a product of two words. */
export function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
}

/**
 * Random bits of the generator PCG XSL RR 128/64: bit for bit those of NumPy's `PCG64` (`numpy/random/src/pcg64/pcg64.h`). O'Neill 2014.
 */
export class Pcg64 {
  // State, then increment, in words of 32 bits, the lowest first.
  readonly #words: Uint32Array = new Uint32Array(8);
  // The last draw: high and low word.
  #high = 0;
  #low = 0;
  #half = 0;
  #hasHalf = false;
  // Draws that are left out and not gone past yet.
  #skipped = 0;

  /**
   * Begins the stream of a seed.
   *
   * @throws {EnvironmentError} `INVALID_SEED` when the seed is no integer of at least 0.
   */
  constructor(seed: Seed | SeedSequence) {
    const sequence = seed instanceof SeedSequence ? seed : new SeedSequence(seed);
    const words = sequence.generateState(8);
    const pair = (at: number): bigint => wordsToBigint([at, at + 1].map((place) => words[place]));
    const increment = ((((pair(4) << 64n) | pair(6)) << 1n) | 1n) & mask128;
    const start = (pair(0) << 64n) | pair(2);
    const state = ((start + increment) * multiplier + increment) & mask128;
    this.setState({ state, increment, half: undefined });
  }

  /** Returns 53 random bits as a number of at least 0 and below 1. */
  nextDouble(): number {
    this.#step();
    return (this.#high * 2 ** 21 + (this.#low >>> 11)) * 2 ** -53;
  }

  /** Returns 32 random bits, from 0 to 2^32 - 1. Two calls take one draw of 64 bits, the lower half first. */
  nextUint32(): number {
    if (this.#hasHalf) {
      this.#hasHalf = false;
      return this.#half;
    }
    this.#step();
    this.#half = this.#high;
    this.#hasHalf = true;
    return this.#low;
  }

  /** Returns 64 random bits. */
  nextUint64(): bigint {
    this.#step();
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  /** Leaves a draw of 64 bits out. Many of them in a row take the time of a few draws, which the next draw pays. */
  skip(): void {
    this.#skipped++;
  }

  /**
   * Goes on as if so many draws of 64 bits had been made, in a time that hardly grows with their number: Brown 1994. A half that is left
   * stays; NumPy's `advance` drops it.
   *
   * @param draws - an integer; below 0 goes back.
   */
  advance(draws: number | bigint): void {
    const { state, increment, half } = this.getState();
    let [factor, sum, totalFactor, totalSum] = [multiplier, increment, 1n, 0n];
    for (let rest = BigInt(draws) & mask128; rest > 0n; rest >>= 1n) {
      if ((rest & 1n) === 1n) {
        totalFactor = (totalFactor * factor) & mask128;
        totalSum = (totalSum * factor + sum) & mask128;
      }
      sum = ((factor + 1n) * sum) & mask128;
      factor = (factor * factor) & mask128;
    }
    this.setState({ state: (totalFactor * state + totalSum) & mask128, increment, half });
  }

  /** Returns the place in the stream. */
  getState(): Pcg64State {
    if (this.#skipped > 0) this.#goPastSkipped();
    const words = [...this.#words];
    return {
      state: wordsToBigint(words.slice(0, 4)),
      increment: wordsToBigint(words.slice(4)),
      half: this.#hasHalf ? this.#half : undefined,
    };
  }

  /** Goes to a place that {@link Pcg64.getState} told. */
  setState({ state, increment, half }: Pcg64State): void {
    for (let at = 0; at < 4; at++) {
      const shift = BigInt(32 * at);
      this.#words[at] = Number((state >> shift) & 0xffffffffn);
      this.#words[4 + at] = Number((increment >> shift) & 0xffffffffn);
    }
    this.#hasHalf = half !== undefined;
    this.#half = half ?? 0;
    this.#skipped = 0;
  }

  /** Returns another generator at the same place. */
  clone(): Pcg64 {
    const copy = new Pcg64(0);
    copy.setState(this.getState());
    return copy;
  }

  #goPastSkipped(): void {
    const draws = this.#skipped;
    this.#skipped = 0;
    this.advance(draws);
  }

  // state ← state · multiplier + increment mod 2^128; then the two halves of it, one xor the other, turned by its upper six bits.
  #step(): void {
    if (this.#skipped > 0) this.#goPastSkipped();
    const words = this.#words;
    const s0 = words[0] as number;
    const s1 = words[1] as number;
    const s2 = words[2] as number;
    const s3 = words[3] as number;
    let sum = (Math.imul(s0, m0) >>> 0) + (words[4] as number);
    words[0] = sum;
    sum =
      (sum >= two32 ? 1 : 0) +
      multiplyHigh(s0, m0) +
      (Math.imul(s0, m1) >>> 0) +
      (Math.imul(s1, m0) >>> 0) +
      (words[5] as number);
    words[1] = sum;
    sum =
      Math.floor(sum / two32) +
      multiplyHigh(s0, m1) +
      multiplyHigh(s1, m0) +
      (Math.imul(s0, m2) >>> 0) +
      (Math.imul(s1, m1) >>> 0) +
      (Math.imul(s2, m0) >>> 0) +
      (words[6] as number);
    words[2] = sum;
    const carried = Math.floor(sum / two32);
    words[3] =
      ((words[7] as number) +
        carried +
        multiplyHigh(s0, m2) +
        multiplyHigh(s1, m1) +
        multiplyHigh(s2, m0) +
        (Math.imul(s0, m3) >>> 0) +
        (Math.imul(s1, m2) >>> 0) +
        (Math.imul(s2, m1) >>> 0) +
        (Math.imul(s3, m0) >>> 0)) %
      two32;
    const upper = (words[3] as number) ^ (words[1] as number);
    const lower = (words[2] as number) ^ (words[0] as number);
    const turn = (words[3] as number) >>> 26;
    const [high, low] = turn < 32 ? [upper, lower] : [lower, upper];
    const rest = turn & 31;
    // A shift by 32 is one by 0 here.
    this.#high = rest === 0 ? high >>> 0 : ((high >>> rest) | (low << (32 - rest))) >>> 0;
    this.#low = rest === 0 ? low >>> 0 : ((low >>> rest) | (high << (32 - rest))) >>> 0;
  }
}

function wordsToBigint(words: readonly (number | undefined)[]): bigint {
  return words.reduceRight((sum: bigint, word) => (sum << 32n) | BigInt(word ?? 0), 0n);
}

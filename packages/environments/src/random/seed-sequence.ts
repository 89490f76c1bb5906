import { EnvironmentError } from '../errors.ts';

/** A seed: an integer of at least 0, as large as you like. */
export type Seed = number | bigint;

const initA = 0x43b0d7e5;
const multiplierA = 0x931e8875;
const initB = 0x8b51f9dd;
const multiplierB = 0x58f38ded;
const mixLeft = 0xca01f9dd;
const mixRight = 0x4973f715;
const poolSize = 4;

/**
 * Spreads a seed over as many bits as a generator needs, so that near seeds give streams that are far apart. NumPy `SeedSequence`
 * (`numpy/random/bit_generator.pyx`), after O'Neill 2015.
 */
export class SeedSequence {
  /** The seed. */
  readonly entropy: Seed;
  /** Which child of which child of the seed this is; empty for none. */
  readonly spawnKey: readonly number[];
  readonly #pool: Uint32Array;
  #children = 0;

  /**
   * Spreads a seed.
   *
   * @param entropy - the seed.
   * @param spawnKey - as {@link SeedSequence.spawn} gives it; default none.
   * @throws {EnvironmentError} `INVALID_SEED` when the seed is no integer of at least 0.
   */
  constructor(entropy: Seed, spawnKey: readonly number[] = []) {
    this.entropy = entropy;
    this.spawnKey = spawnKey;
    this.#pool = poolOf(wordsOf(entropy), spawnKey);
  }

  /**
   * Returns words of 32 bits, the same at each call: the first of more words are those of fewer.
   *
   * @param count - number of words.
   */
  generateState(count: number): Uint32Array {
    let factor = initB;
    return Uint32Array.from({ length: count }, (_, at) => {
      let word = (this.#pool[at % poolSize] ?? 0) ^ factor;
      factor = Math.imul(factor, multiplierB);
      word = Math.imul(word, factor);
      return word ^ (word >>> 16);
    });
  }

  /**
   * Returns seeds for streams that are independent of this one and of each other; further calls give further ones.
   *
   * @param count - number of seeds.
   */
  spawn(count: number): readonly SeedSequence[] {
    const first = this.#children;
    this.#children += count;
    return Array.from(
      { length: count },
      (_, at) => new SeedSequence(this.entropy, [...this.spawnKey, first + at]),
    );
  }
}

/** An integer as words of 32 bits, the lowest first. */
function wordsOf(entropy: Seed): readonly number[] {
  const isSeed = typeof entropy === 'bigint' ? entropy >= 0n : isWhole(entropy);
  if (!isSeed) {
    throw new EnvironmentError('INVALID_SEED', [
      `seed: a seed is an integer of at least 0, got ${String(entropy)}.`,
      'Expected a number up to 2^53 - 1, or a bigint of any size.',
    ]);
  }
  const words: number[] = [];
  for (let rest = BigInt(entropy); rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  return words.length === 0 ? [0] : words;
}

function isWhole(entropy: number): boolean {
  return Number.isSafeInteger(entropy) && entropy >= 0;
}

function poolOf(entropy: readonly number[], spawnKey: readonly number[]): Uint32Array {
  // Children never meet the words of a longer seed.
  const padding = spawnKey.length === 0 ? 0 : Math.max(0, poolSize - entropy.length);
  const words = [...entropy, ...new Array<number>(padding).fill(0), ...spawnKey];
  const pool = new Uint32Array(poolSize);
  let factor = initA;
  const hashed = (word: number): number => {
    let value = word ^ factor;
    factor = Math.imul(factor, multiplierA);
    value = Math.imul(value, factor);
    return value ^ (value >>> 16);
  };
  const mixInto = (place: number, word: number): void => {
    const mixed = (Math.imul(mixLeft, pool[place] ?? 0) - Math.imul(mixRight, hashed(word))) | 0;
    pool[place] = mixed ^ (mixed >>> 16);
  };
  for (let place = 0; place < poolSize; place++) pool[place] = hashed(words[place] ?? 0);
  for (let source = 0; source < poolSize; source++) {
    for (let place = 0; place < poolSize; place++) {
      if (place !== source) mixInto(place, pool[source] ?? 0);
    }
  }
  for (const word of words.slice(poolSize)) {
    for (let place = 0; place < poolSize; place++) mixInto(place, word);
  }
  return pool;
}

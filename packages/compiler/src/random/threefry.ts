/** Two 32-bit words, each a number in `0 … 2³² - 1`. */
export type WordPair = readonly [number, number];

/**
 * SKEIN_KS_PARITY32 of Random123's `threefry.h`: the third key word is its exclusive or with both
 * words.
 */
const KEY_PARITY = 0x1bd11bda;

/** Rotations of the eight rounds that repeat (`R_32x2_*_0` of Random123's `threefry.h`). */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

const ROUNDS = 20;
const ROUNDS_BETWEEN_KEYS = 4;
const TWO_TO_32 = 4_294_967_296;

/**
 * Returns the Threefry-2x32 block of a counter under a key, with 20 rounds.
 *
 * The short form, for keys. {@link fillThreefryWords} is the same function written out for long
 * draws; tests hold the two against each other and against the published vectors.
 *
 * @see Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011)
 */
export function threefry2x32(key: WordPair, counter: WordPair): WordPair {
  const schedule = [key[0], key[1], key[0] ^ key[1] ^ KEY_PARITY] as const;
  let x0 = (counter[0] + schedule[0]) | 0;
  let x1 = (counter[1] + schedule[1]) | 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const rotation = ROTATIONS[round % ROTATIONS.length] as number;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    if ((round + 1) % ROUNDS_BETWEEN_KEYS === 0) {
      const injection = (round + 1) / ROUNDS_BETWEEN_KEYS;
      x0 = (x0 + (schedule[injection % 3] as number)) | 0;
      x1 = (x1 + (schedule[(injection + 1) % 3] as number) + injection) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}

/**
 * Fills an array with the words of a key's stream, from element `offset` of the stream on.
 *
 * Element i is the exclusive or of the two words of the block whose counter is i as a 64-bit
 * number, high word first: JAX's layout with `jax_threefry_partitionable`
 * (`_threefry_random_bits_partitionable` in `jax/_src/random/threefry2x32.py`).
 */
export function fillThreefryWords(out: Uint32Array, key: WordPair, offset: number): void {
  let start = 0;
  while (start < out.length) {
    const counter = offset + start;
    const low = counter % TWO_TO_32;
    const high = (counter - low) / TWO_TO_32;
    const end = Math.min(out.length, start + (TWO_TO_32 - low));
    fillRun(out, start, end, key[0] | 0, key[1] | 0, high | 0, low | 0);
    start = end;
  }
}

/** Fills `out[start … end - 1]` with counters that share their high word. */
function fillRun(
  out: Uint32Array,
  start: number,
  end: number,
  key0: number,
  key1: number,
  high: number,
  low: number,
): void {
  const key2 = key0 ^ key1 ^ KEY_PARITY;
  // The injections' round numbers are added to the key words once, outside the loop.
  const key2Plus1 = (key2 + 1) | 0;
  const key0Plus2 = (key0 + 2) | 0;
  const key1Plus3 = (key1 + 3) | 0;
  const key2Plus4 = (key2 + 4) | 0;
  const key0Plus5 = (key0 + 5) | 0;
  const first0 = (high + key0) | 0;
  let first1 = (low + key1) | 0;
  for (let index = start; index < end; index += 1) {
    let x0 = first0;
    let x1 = first1;
    first1 = (first1 + 1) | 0;

    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + key1) | 0;
    x1 = (x1 + key2Plus1) | 0;

    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + key2) | 0;
    x1 = (x1 + key0Plus2) | 0;

    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + key0) | 0;
    x1 = (x1 + key1Plus3) | 0;

    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + key1) | 0;
    x1 = (x1 + key2Plus4) | 0;

    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;

    out[index] = ((x0 + key2) | 0) ^ ((x1 + key0Plus5) | 0);
  }
}

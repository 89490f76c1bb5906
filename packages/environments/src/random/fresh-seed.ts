// Node and browsers have it; the types of neither are loaded here.
declare const crypto: { getRandomValues(words: Uint32Array): Uint32Array };

/** Returns a seed of 128 bits from the operating system, as NumPy takes where none is given. */
export function freshSeed(): bigint {
  const words = crypto.getRandomValues(new Uint32Array(4));
  return words.reduce((seed, word) => (seed << 32n) | BigInt(word), 0n);
}

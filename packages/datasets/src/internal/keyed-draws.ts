/** 2³² divided by the golden ratio, odd: steps of it visit all words. */
const weyl = 0x9e3779b9;

/** The finalizer of MurmurHash3 (Appleby), a permutation of 32-bit words that changes half of the bits for each. */
function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * Returns a function that draws numbers, each equally likely in [0, 1), which depend on the words of the key alone: the same on every
 * machine, and whatever else was drawn. For augmentation; no claim beyond is made.
 */
export function keyedDraws(...key: readonly number[]): () => number {
  const start = key.reduce((state, word) => mix((state + weyl) ^ mix(word)), 0);
  let count = 0;
  return () => {
    count += 1;
    return mix(start + Math.imul(count, weyl)) / 2 ** 32;
  };
}

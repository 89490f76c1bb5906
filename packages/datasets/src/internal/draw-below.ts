/** The number of different words. */
const wordCount = 2 ** 32;

/**
 * Returns an integer from 0 to `choices - 1`, each equally likely if `nextWord` draws 32-bit words so.
 *
 * Words from the largest multiple of `choices` on are passed over: their remainders would be favoured.
 */
export function drawBelow(choices: number, nextWord: () => number): number {
  const limit = wordCount - (wordCount % choices);
  let word = nextWord();
  while (word >= limit) {
    word = nextWord();
  }
  return word % choices;
}

/**
 * Bits per letter of a text by a model that counts which letter followed the last `order - 1` ones in another text. Contexts that
 * are rare hand over to shorter ones by Witten and Bell's rule: the more different letters followed, the more.
 *
 * @see Witten and Bell 1991, "The zero-frequency problem"
 */
export function nGramBits(
  training: Int32Array,
  test: Int32Array,
  order: number,
  letters: number,
): number {
  const counts = new Map<string, Map<number, number>>();
  for (let at = 0; at < training.length; at++) {
    for (let length = 0; length < order && length <= at; length++) {
      const context = training.subarray(at - length, at).join();
      const followers = counts.get(context) ?? new Map<number, number>();
      const letter = training[at] ?? -1;
      followers.set(letter, (followers.get(letter) ?? 0) + 1);
      counts.set(context, followers);
    }
  }
  const probability = (at: number, length: number): number => {
    if (length < 0) return 1 / letters;
    const followers = counts.get(test.subarray(at - length, at).join());
    const shorter = probability(at, length - 1);
    if (followers === undefined) return shorter;
    const total = [...followers.values()].reduce((sum, count) => sum + count, 0);
    const count = followers.get(test[at] ?? -1) ?? 0;
    return (count + followers.size * shorter) / (total + followers.size);
  };
  let bits = 0;
  for (let at = 0; at < test.length; at++) {
    bits -= Math.log2(probability(at, Math.min(order - 1, at)));
  }
  return bits / test.length;
}

/** Returns the candidate that a misspelt name most likely meant: few edits away, for its length. */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  let closest: string | undefined;
  // an edit for every three letters, and one more: more would propose names that have little in common
  let fewest = Math.floor(name.length / 3) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits > fewest || (edits === fewest && closest !== undefined)) continue;
    closest = candidate;
    fewest = edits;
  }
  return closest;
}

/** Returns the number of insertions, deletions and replacements between two texts (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [deleted, character] of [...from].entries()) {
    const next = [deleted + 1];
    for (const [index, other] of [...to].entries()) {
      const replaced = (row[index] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[row.length - 1] ?? 0;
}

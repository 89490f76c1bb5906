/** Returns ` Did you mean "…"?` for the nearest name, or nothing when no name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  let best: string | undefined;
  // More than a third of the letters wrong is another word; so is a single letter.
  let bound = Math.min(name.length, Math.max(1, Math.floor(name.length / 3)) + 1);
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bound) {
      bound = distance;
      best = candidate;
    }
  }
  return best === undefined ? '' : ` Did you mean ${JSON.stringify(best)}?`;
}

/** Formats names for a message: quoted, at most eight, then the number left out. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => JSON.stringify(name));
  if (names.length > 8) shown.push(`… ${names.length - 8} more`);
  return shown.length === 0 ? 'none' : shown.join(', ');
}

/** Letters to insert, drop, replace or swap with a neighbour: the optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? i) + 1 : i + j;
      row.push(Math.min(replaced, swapped, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

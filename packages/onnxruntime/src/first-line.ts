/** Returns the first line of a failure's message: native messages go on for many. */
export function firstLine(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  return text.trim().split('\n', 1)[0] ?? '';
}

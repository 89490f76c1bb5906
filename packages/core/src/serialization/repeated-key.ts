/**
 * Returns a key that occurs twice in one object of a JSON text, which `JSON.parse` passes over in silence;
 * `undefined` when there is none.
 *
 * @param json - valid JSON.
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  // strings, with the colon that makes them keys, and braces; in valid JSON nothing else matters
  for (const [token, text] of json.matchAll(/("(?:[^"\\]|\\.)*")(?:\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token.endsWith(':') && text !== undefined) {
      const key = String(JSON.parse(text));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** Nested deeper, data is shown as text: it may be a circle. */
const maximumDepth = 8;

/** Returns what can be cloned of a value; functions, class instances and other objects become their text. */
export function plainData(value: unknown, depth = 0): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (ArrayBuffer.isView(value)) return value;
  if (depth >= maximumDepth) return String(value);
  if (Array.isArray(value)) return value.map((item) => plainData(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return String(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, plainData(item, depth + 1)]),
  );
}

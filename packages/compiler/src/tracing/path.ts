const separator = ' › ';

/** Joins two paths; either may be empty. */
export function joinPath(a: string, b: string): string {
  return a === '' ? b : b === '' ? a : `${a}${separator}${b}`;
}

/** A path without its last part. */
export function parentPath(path: string): string {
  const end = path.lastIndexOf(separator);
  return end < 0 ? '' : path.slice(0, end);
}

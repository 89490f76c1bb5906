/** Returns bytes as text: comparing strings is many times faster than comparing typed arrays. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Turns elements, in place, between little-endian order and the host's: nothing to do on nearly every host.
 *
 * @param width - bytes per element; divides the length.
 */
export function swapElements(
  bytes: Uint8Array,
  width: number,
  littleEndianHost: boolean = hostIsLittleEndian,
): void {
  if (littleEndianHost) return;
  for (let start = 0; start < bytes.length; start += width) {
    bytes.subarray(start, start + width).reverse();
  }
}

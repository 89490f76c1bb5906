// RFC 4648, section 4.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Decodes base64 without padding; here because Node 20 lacks `Uint8Array.fromBase64`. */
export function decodeBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let pending = 0;
  let bits = 0;
  let length = 0;
  for (const character of text) {
    pending = ((pending << 6) | alphabet.indexOf(character)) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length] = pending >> bits;
      length += 1;
    }
  }
  return bytes;
}

/** Undoes the packing of make-mnist-sample.mjs: a 0 is followed by the number of zeros it stands for. */
export function expandZeroRuns(packed: Uint8Array, target: Uint8Array): void {
  let to = 0;
  for (let from = 0; from < packed.length; from += 1) {
    const value = packed[from] as number;
    if (value === 0) {
      from += 1;
      to += packed[from] as number;
    } else {
      target[to] = value;
      to += 1;
    }
  }
}

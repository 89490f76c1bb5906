const REPLACEMENT_CHARACTER = 0xfffd;

/**
 * Returns the UTF-8 bytes of a text, as `TextEncoder` does: a lone surrogate becomes U+FFFD.
 *
 * Written out because `TextEncoder` belongs to the platform, not to the language.
 *
 * @see RFC 3629, section 3
 */
export function encodeUtf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number;
    appendCodePoint(bytes, isSurrogate(codePoint) ? REPLACEMENT_CHARACTER : codePoint);
  }
  return bytes;
}

function appendCodePoint(bytes: number[], codePoint: number): void {
  if (codePoint < 0x80) {
    bytes.push(codePoint);
  } else if (codePoint < 0x800) {
    bytes.push(0xc0 | (codePoint >> 6), continuation(codePoint));
  } else if (codePoint < 0x10000) {
    bytes.push(0xe0 | (codePoint >> 12), continuation(codePoint >> 6), continuation(codePoint));
  } else {
    bytes.push(
      0xf0 | (codePoint >> 18),
      continuation(codePoint >> 12),
      continuation(codePoint >> 6),
      continuation(codePoint),
    );
  }
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}

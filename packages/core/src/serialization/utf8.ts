const replacementCharacter = 0xfffd;
const chunkLength = 8192;

/**
 * Returns the UTF-8 bytes of a text; a lone surrogate becomes U+FFFD.
 *
 * Written out because `TextEncoder` belongs to the platform, not to the language.
 *
 * @see RFC 3629, section 3
 */
export function encodeUtf8(text: string): Uint8Array {
  // a UTF-16 unit takes at most three bytes, a pair of them four
  const bytes = new Uint8Array(3 * text.length);
  let length = 0;
  const push = (lead: number, codePoint: number, continuations: number): void => {
    bytes[length++] = lead | (codePoint >> (6 * continuations));
    for (let left = continuations - 1; left >= 0; left--) {
      bytes[length++] = 0x80 | ((codePoint >> (6 * left)) & 0x3f);
    }
  };
  for (const character of text) {
    const given = character.codePointAt(0) as number;
    const codePoint = given >= 0xd800 && given <= 0xdfff ? replacementCharacter : given;
    if (codePoint < 0x80) bytes[length++] = codePoint;
    else if (codePoint < 0x800) push(0xc0, codePoint, 1);
    else if (codePoint < 0x10000) push(0xe0, codePoint, 2);
    else push(0xf0, codePoint, 3);
  }
  return bytes.slice(0, length);
}

/**
 * Returns the text of UTF-8 bytes; `undefined` when they are malformed: cut off, overlong, surrogates, or beyond
 * U+10FFFF. A byte order mark is kept.
 *
 * @see The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences"
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const chunks: string[] = [];
  let units: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] as number;
    const continuations = continuationsOf(lead);
    if (continuations === undefined || at + continuations >= bytes.length) return undefined;
    let codePoint = continuations === 0 ? lead : lead & (0x3f >> continuations);
    for (let index = 1; index <= continuations; index++) {
      const byte = bytes[at + index] as number;
      if (byte >> 6 !== 0b10) return undefined;
      codePoint = (codePoint << 6) | (byte & 0x3f);
    }
    if (!isShortest(codePoint, continuations)) return undefined;
    at += continuations + 1;
    if (codePoint < 0x10000) units.push(codePoint);
    else units.push(0xd7c0 + (codePoint >> 10), 0xdc00 | (codePoint & 0x3ff));
    if (units.length >= chunkLength) {
      chunks.push(String.fromCharCode(...units));
      units = [];
    }
  }
  return chunks.join('') + String.fromCharCode(...units);
}

/** Tells whether a text has no lone surrogate, so that UTF-8 can hold it. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function continuationsOf(lead: number): number | undefined {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  return lead >= 0xf0 && lead <= 0xf4 ? 3 : undefined;
}

// Lead bytes already exclude the overlong forms of two bytes.
function isShortest(codePoint: number, continuations: number): boolean {
  if (continuations === 2) {
    return codePoint >= 0x800 && (codePoint < 0xd800 || codePoint > 0xdfff);
  }
  return continuations < 3 || (codePoint >= 0x10000 && codePoint <= 0x10ffff);
}

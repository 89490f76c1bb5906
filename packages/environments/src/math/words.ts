const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);
const upper = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Returns the exponent of a normal number: 0 of 1, 1 of 2 and 3. */
export function exponentOf(value: number): number {
  number[0] = value;
  return (((words[upper] as number) >>> 20) & 0x7ff) - 1023;
}

/** Returns a number with the lower 32 bits of its 64 cleared. */
export function upperWord(value: number): number {
  number[0] = value;
  words[1 - upper] = 0;
  return number[0] as number;
}

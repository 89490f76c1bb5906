import type { HostTensorOf, IndexedExamples } from '@etalon/core';

/** Letters of a text, each with a number. */
export interface Vocabulary {
  readonly letters: readonly string[];
  encode(text: string): Int32Array;
  decode(ids: Iterable<number>): string;
}

/** Numbers the letters of a text in their order as characters. */
export function vocabularyOf(text: string): Vocabulary {
  const letters = [...new Set(text)].sort();
  const ids = new Map(letters.map((letter, id) => [letter, id]));
  return {
    letters,
    encode: (part) =>
      Int32Array.from(part, (letter) => {
        const id = ids.get(letter);
        if (id !== undefined) return id;
        throw new RangeError(`vocabulary: there is no such letter, got ${JSON.stringify(letter)}.`);
      }),
    decode: (part) => Array.from(part, (id) => letters[id] ?? '').join(''),
  };
}

/** Windows of letters side by side: `id` are `length` of them, `next` the same one further. */
export function windowsOf(ids: Int32Array, length: number): IndexedExamples {
  const size = Math.floor((ids.length - 1) / length);
  const rows = (indices: Uint32Array, shift: number): HostTensorOf<'int32'> => {
    const data = new Int32Array(indices.length * length);
    indices.forEach((index, row) => {
      const begin = index * length + shift;
      data.set(ids.subarray(begin, begin + length), row * length);
    });
    return { dtype: 'int32', shape: [indices.length, length], data };
  };
  const field = { dtype: 'int32', shape: [length] } as const;
  return {
    size,
    fields: { id: field, next: field },
    deterministic: true,
    gather: (indices) => ({ id: rows(indices, 0), next: rows(indices, 1) }),
  };
}

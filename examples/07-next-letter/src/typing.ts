import type { HostTensor, ValueType, Variables } from '@etalon/core';
import { openExported } from '@etalon/examples-shared';
import type { LetterModel } from './networks.ts';

/** An exported model that takes letters as they are typed. */
export interface Typing {
  /** Returns scores of the letter that follows. */
  type(id: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** How letter by letter compares with the whole sequence. */
export interface StreamingComparison {
  readonly letters: number;
  /** Whether both choose the same letters. */
  readonly sameLetters: boolean;
  /** Largest difference of two scores. */
  readonly difference: number;
}

/** Exports a model that takes one letter with what it carries, and opens it with ONNX Runtime. */
export async function openTyping(
  model: LetterModel,
  variables: Variables<HostTensor>,
): Promise<Typing> {
  const { program, carried } = model.streaming(variables);
  const exported = await openExported(program);
  let state: Readonly<Record<string, HostTensor>> = Object.fromEntries(
    Object.entries(carried).map(([name, type]) => [name, zerosOf(type)]),
  );
  return {
    type: async (id) => {
      const input = { dtype: 'int32', shape: [1, 1], data: Int32Array.of(id) } as const;
      const { logits, ...next } = await exported.run({ input, ...state });
      state = next;
      return logits?.data as Float32Array;
    },
    close: () => exported.dispose(),
  };
}

function zerosOf({ dtype, shape }: ValueType): HostTensor {
  const sizes = shape.map((size) => (typeof size === 'number' ? size : 1));
  const count = sizes.reduce((product, size) => product * size, 1);
  return dtype === 'int32'
    ? { dtype, shape: sizes, data: new Int32Array(count) }
    : { dtype: 'float32', shape: sizes, data: new Float32Array(count) };
}

/** Reads a text letter by letter and at once, both with exported models. */
export async function compareStreaming(
  model: LetterModel,
  variables: Variables<HostTensor>,
  ids: Int32Array,
): Promise<StreamingComparison> {
  const whole = await openExported(model.freeze(variables));
  const { logits } = await whole.run({
    input: { dtype: 'int32', shape: [1, ids.length], data: ids },
  });
  await whole.dispose();
  const typing = await openTyping(model, variables);
  const width = (logits?.data.length ?? 0) / ids.length;
  let sameLetters = true;
  let difference = 0;
  for (const [at, id] of ids.entries()) {
    const expected = (logits?.data ?? new Float32Array()).slice(at * width, (at + 1) * width);
    const scores = await typing.type(id);
    sameLetters &&= largest(scores) === largest(expected);
    scores.forEach((score, letter) => {
      difference = Math.max(difference, Math.abs(score - (expected[letter] ?? Number.NaN)));
    });
  }
  await typing.close();
  return { letters: ids.length, sameLetters, difference };
}

function largest(scores: ArrayLike<number>): number {
  return Array.from(scores).reduce(
    (best, score, at, all) => (score > (all[best] ?? 0) ? at : best),
    0,
  );
}

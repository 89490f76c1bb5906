import { formatType } from '@etalon/compiler';
import type { ValueType } from '@etalon/spec';
import { DataError, EtalonError, ProgramError } from '@etalon/spec';
import type { InputTypes, Model, NamedTensors } from '../model/model.ts';

/** Returns a prompt as a model takes it. */
export function requirePrompt(where: string, prompt: ArrayLike<number>): Int32Array {
  const at = Array.from(prompt).findIndex((id) => !Number.isInteger(id));
  if (prompt.length > 0 && at < 0) return Int32Array.from(prompt);
  throw new DataError(
    'GENERATE_PROMPT',
    `${where}: a prompt is the ids of at least one token, got ${at < 0 ? 'none' : `${String(prompt[at])} at ${at}`}.\nFix: begin with a token that stands for the start of a text.`,
  );
}

/** Checks that a model makes scores of tokens, and returns the names of its input and its output. */
export function requireTokens(
  where: string,
  { inputs, outputs }: Pick<Model<InputTypes, NamedTensors>, 'inputs' | 'outputs'>,
): readonly [input: string, output: string] {
  const [input, ...otherInputs] = Object.entries(inputs);
  const [output, ...otherOutputs] = Object.entries(outputs);
  if (
    input !== undefined &&
    output !== undefined &&
    otherInputs.length + otherOutputs.length === 0 &&
    isFree(input[1], 'int32', 2) &&
    isFree(output[1], 'float32', 3)
  ) {
    return [input[0], output[0]];
  }
  const list = (types: Readonly<Record<string, ValueType>>): string =>
    Object.entries(types)
      .map(([name, type]) => `${name}: ${formatType(type)}`)
      .join(', ');
  throw new ProgramError(
    'GENERATE_MODEL',
    `${where}: the model must make scores of tokens, got (${list(inputs)}) to (${list(outputs)}).\nExpected one input int32[batch, time] and one output float32[batch, time, tokens], batch and time of any size.`,
  );
}

/** Whether the first two sizes, of batch and time, are open. */
function isFree({ dtype, shape }: ValueType, wanted: string, rank: number): boolean {
  return (
    dtype === wanted &&
    shape.length === rank &&
    shape.slice(0, 2).every((size) => typeof size !== 'number')
  );
}

/**
 * Returns the error of a run, said of the text where the text is longer than the model's positions: what a layer says then is of its table
 * and of sizes, which whoever generates has not seen.
 *
 * @param carried - types of what the model carries; an index among them is a position.
 * @param length - steps of the text with those that failed.
 */
export function errorOfText(
  where: string,
  error: unknown,
  carried: Readonly<Record<string, ValueType>>,
  length: number,
): unknown {
  if (!EtalonError.isInstance(error)) return error;
  const { input, limit } = error.details;
  const isPosition =
    error.code === 'INDEX_OUT_OF_RANGE' &&
    typeof input === 'string' &&
    Object.hasOwn(carried, input);
  // No other size than that of the prompt is open.
  if (!isPosition && error.code !== 'SHAPE_RUN_SIZES') return error;
  return new DataError(
    'GENERATE_CONTEXT',
    `${where}: the text is longer than the positions of the model, got ${length} tokens${typeof limit === 'number' ? ` where ${limit} have one` : ''}.\nFix: ask for fewer tokens or shorten the prompt; rotary and sinusoidal positions have no end.`,
    { cause: error, details: { length } },
  );
}

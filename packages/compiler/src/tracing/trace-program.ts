import type { DType, ProgramV1, Shape, ValueType } from '@etalon/spec';
import { ProgramError } from '@etalon/spec';
import { verifyProgram } from '../program/verify.ts';
import { withBuilder } from './current-builder.ts';
import type { Tensor } from './tensor.ts';
import { isTensor } from './tensor.ts';
import { Trace } from './trace.ts';
import type { MapTree } from './tree.ts';
import { flattenTree, mapTree } from './tree.ts';

/** Declared element type and shape of an input. Brand for trees of declarations. */
export interface TensorType extends ValueType {
  readonly '~tensorType': true;
}

/**
 * Declares a tensor: names in the shape are sizes bound at run time.
 *
 * @example tensor('float32', ['batch', 28, 28, 1])
 */
export function tensor(dtype: DType, shape: Shape): TensorType {
  return { dtype, shape, '~tensorType': true };
}

/** Tells whether a value is a declaration made by {@link tensor}. */
export function isTensorType(value: unknown): value is TensorType {
  return typeof value === 'object' && value !== null && '~tensorType' in value;
}

/** Inputs as a function sees them: a tensor for each declaration. */
export type TensorsOf<S> = MapTree<S, TensorType, Tensor>;

/**
 * Turns a function of tensors into a program by calling it once.
 *
 * Inputs and outputs are trees; the path of a leaf, joined by `/`, names it in the program.
 *
 * @param inputs - declarations by name, nested as needed.
 * @param body - returns the outputs.
 * @throws {EtalonError} whatever the operators' type rules find, with the path to the node.
 */
export function traceProgram<S extends Readonly<Record<string, unknown>>>(
  name: string,
  inputs: S,
  body: (inputs: TensorsOf<S>) => Readonly<Record<string, unknown>>,
): ProgramV1 {
  const trace = new Trace();
  return withBuilder(trace, () => {
    const symbols = mapTree(inputs, isTensorType, (type, path) =>
      trace.input(path, { dtype: type.dtype, shape: type.shape }),
    ) as TensorsOf<S>;
    const outputs = flattenTree(body(symbols), isTensor);
    for (const [path, output] of outputs) {
      if (output['~trace'].builder !== trace) {
        throw new ProgramError(
          'TRACE_MIXED',
          `${name} › output "${path}": the tensor belongs to another program.`,
        );
      }
    }
    const program = trace.finish(name, outputs);
    verifyProgram(program);
    return program;
  });
}

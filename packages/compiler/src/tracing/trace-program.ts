import type { DType, ProgramV1, Shape, ValueType } from '@etalon/spec';
import { ProgramError, ShapeError } from '@etalon/spec';
import { dimensionFault } from '../dimension/index.ts';
import { formatType } from '../program/format-type.ts';
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
 *
 * @throws {ShapeError} when a size is neither an integer of 0 or more, nor a word, nor an expression of words.
 */
export function tensor(dtype: DType, shape: Shape): TensorType {
  for (const size of shape) {
    const fault = dimensionFault(size);
    if (fault !== undefined) throw new ShapeError('SHAPE_SIZE', `tensor: ${fault}.`);
  }
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
 * @throws {ProgramError} when an output belongs to another trace, or two leaves have one path.
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
          `${name} › output "${path}": the tensor belongs to another program, got ${formatType(output)}.\nFix: return tensors that the traced function made from its own inputs.`,
        );
      }
    }
    const program = trace.finish(name, outputs);
    verifyProgram(program);
    return program;
  });
}

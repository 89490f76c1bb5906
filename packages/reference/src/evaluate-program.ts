import type { ProgramV1 } from '@etalon/spec';
import type { Interpretation, ReferenceInputs } from './interpret.ts';
import { applyKernel, interpretProgram } from './interpret.ts';
import type { ReferenceTensor } from './tensor.ts';
import { concatenate, sizeOf, sliceTensor } from './tensor.ts';

/**
 * Returns the outputs of a program by name, computed in float64: nothing is rounded to float32 on the way.
 *
 * @param inputs - one tensor for each input of the program; others are ignored.
 * @throws {DataError} when an input is missing.
 * @throws {ShapeError} when the shape of an input does not fit.
 * @throws {DTypeError} when an input has another dtype than the program declares.
 * @throws {DataError} when an index of `gather` or `scatterAdd` is out of range.
 * @throws {UnsupportedOperatorError} when a node is a random draw or an operator of a later version.
 */
export function evaluateProgram(
  program: ProgramV1,
  inputs: ReferenceInputs,
): Record<string, ReferenceTensor> {
  return interpretProgram(program, inputs, plainReading);
}

/** Reads a program as what it says, in float64. */
export const plainReading: Interpretation<ReferenceTensor> = {
  lift: (tensor) => tensor,
  apply: applyKernel,
  slice: sliceTensor,
  stack: (slices, { dtype, shape }) => ({
    dtype,
    shape,
    data: concatenate(
      slices.map(({ data }) => data),
      sizeOf(shape),
    ),
  }),
};

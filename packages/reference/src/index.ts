/**
 * The oracle: every operator in float64 by plain loops, with bounds for what a float32 engine may differ.
 *
 * @packageDocumentation
 */
export { createReferenceBackend } from './backend/backend.ts';
export { toReferenceTensor } from './backend/device-tensor.ts';
export { evaluateProgram } from './evaluate-program.ts';
export type { BoundedTensor, BoundOptions, TermSums } from './evaluate-with-bounds.ts';
export { evaluateWithBounds } from './evaluate-with-bounds.ts';
export type { ReferenceInputs } from './interpret.ts';
export { isWithinBound } from './is-within-bound.ts';
export type { NumericalGradientOptions } from './numerical-gradient.ts';
export { numericalGradient } from './numerical-gradient.ts';
export type { ReferenceTensor } from './tensor.ts';

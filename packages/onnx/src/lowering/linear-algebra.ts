import type { LinearAlgebraOperatorsV1 } from '@etalon/spec';
import type { LoweringsOf } from './lowering.ts';
import { rowMajor } from './lowering.ts';

/** Lowerings of linear algebra. */
export const linearAlgebraLowerings: LoweringsOf<keyof LinearAlgebraOperatorsV1> = {
  // ONNX Runtime fuses a following addition, and transpositions before it, by itself.
  matmul: ({ inputs, emitter }) =>
    rowMajor(
      emitter.emit(
        'MatMul',
        inputs.map((value) => value.rowMajor()),
      ),
    ),
};

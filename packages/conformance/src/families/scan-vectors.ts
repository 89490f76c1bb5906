import type { Source } from '../cases/sources.ts';
import { floats } from '../cases/sources.ts';
import vectors from '../vectors/scan.json' with { type: 'json' };

const { operands, results } = vectors;

function source({ data, shape }: { data: readonly number[]; shape: readonly number[] }): Source {
  return floats(data, shape);
}

/** A recurrent layer by `jax.lax.scan`: operands `x`, `h`, `w`, `u`, and all states in both directions. */
export const scanVectors: {
  readonly operands: readonly Source[];
  readonly forward: Source;
  readonly reverse: Source;
} = {
  operands: [operands.x, operands.h, operands.w, operands.u].map(source),
  forward: source(results.forward),
  reverse: source(results.reverse),
};

import type { ProgramV1 } from '@etalon/spec';
import { mul, sub, tensor, traceProgram } from '../src/index.ts';

/** One step of gradient descent, `w' = w - rate · gradient`, with state under one name on both sides. */
export const descent: ProgramV1 = traceProgram(
  'descent',
  {
    w: tensor('float32', [4]),
    gradient: tensor('float32', [4]),
    rate: tensor('float32', []),
  },
  ({ w, gradient, rate }) => ({ w: sub(w, mul(rate, gradient)) }),
);

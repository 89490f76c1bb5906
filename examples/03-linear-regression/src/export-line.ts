import { add, defineProgram, mul, tensor } from '@etalon/core';
import { verifyExported } from '@etalon/examples-shared';
import type { Line } from './line.ts';

/** Exports a line as an ONNX model, and returns its largest difference from the line, as a share of the largest number. */
export function exportLine({ slope, bias }: Line): Promise<number> {
  const { program } = defineProgram({ x: tensor('float32', ['count']) }, ({ x }) => ({
    y: add(mul(x, slope), bias),
  }));
  const x = Float32Array.of(-1, -0.25, 0, 0.5, 2);
  const y = x.map((value) => slope * value + bias);
  const shape = [x.length];
  return verifyExported(
    program,
    { x: { dtype: 'float32', shape, data: x } },
    { y: { dtype: 'float32', shape, data: y } },
  );
}

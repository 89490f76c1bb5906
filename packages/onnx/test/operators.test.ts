import { describe, expect, it } from 'vitest';
import { lowerings } from '../src/lowering/table.ts';
import { openOnnx } from './support/run-onnx.ts';
import type { VectorCase } from './support/vectors.ts';
import { expectWithin, hostTensor, programOf, readVectors } from './support/vectors.ts';

const families = [
  'elementwise',
  'reduction',
  'linear-algebra',
  'movement',
  'indexing',
  'composite',
  'convolution',
  'pooling',
].map((family) => ({ family, cases: readVectors(family) }));

describe.each(families)('encodeOnnx of $family operators, run by ONNX Runtime', ({ cases }) => {
  it.each(cases)('$name', async (vector: VectorCase) => {
    const session = await openOnnx(programOf(vector));
    for (const run of vector.runs) {
      const inputs = run.inputs.map((tensor, index) => [
        `x${index}`,
        hostTensor(vector.inputs[index]?.dtype ?? 'float32', tensor),
      ]);
      const { y } = await session.run(Object.fromEntries(inputs));
      if (y === undefined) throw new Error('no output');
      expectWithin(y, hostTensor(vector.output.dtype, run.output), vector);
    }
    await session.release();
  });
});

describe('vectors', () => {
  it('cover every operator but those without operands', () => {
    const covered = new Set<string>(
      families.flatMap(({ cases }) => cases.map(({ operator }) => operator)),
    );
    expect(Object.keys(lowerings).filter((operator) => !covered.has(operator))).toEqual([
      'dimensionSize',
      'randomUniform',
      'randomNormal',
      'randomBernoulli',
    ]);
  });
});

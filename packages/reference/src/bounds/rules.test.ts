import type { NodeOf } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import type { GoldenCase } from '../../test/goldens.ts';
import { goldens, operandOf } from '../../test/goldens.ts';
import { randomNumbers } from '../../test/random.ts';
import type { ResultType } from '../interpret.ts';
import { applyKernel } from '../interpret.ts';
import type { KernelName } from '../kernels/kernel.ts';
import type { ReferenceTensor } from '../tensor.ts';
import { boundRules } from './index.ts';
import type { BoundRule } from './rule.ts';
import { selectTolerances } from './tolerances.ts';

interface Uncertain {
  readonly tensor: ReferenceTensor;
  readonly bound: Float64Array;
}

/** Gives some elements of an operand a bound: of any size for numbers, 1 for bools and indices. */
function makeUncertain(tensor: ReferenceTensor, next: () => number): Uncertain {
  const bound = tensor.data.map((x) => {
    if (tensor.dtype === 'uint8' || !Number.isFinite(x) || next() < 0.3) return 0;
    return tensor.dtype === 'float32' ? Math.max(Math.abs(x), 0.1) * 10 ** (-9 * next()) : 1;
  });
  return { tensor, bound };
}

/** Moves every element within its bound, often to its ends. */
function perturb({ tensor, bound }: Uncertain, next: () => number): ReferenceTensor {
  const data = tensor.data.map((x, i) => {
    const distance = bound[i] as number;
    if (distance === 0) return x;
    const place = next();
    if (tensor.dtype === 'bool') return place < 0.5 ? x : 1 - x;
    const step = place < 0.3 ? -1 : place > 0.7 ? 1 : next() * 2 - 1;
    return x + distance * (tensor.dtype === 'float32' ? step : Math.round(step));
  });
  return { ...tensor, data };
}

// A moved index may leave the range, which the kernel refuses; the bound leaves such slices unchecked.
function keepInRange(golden: GoldenCase, operands: readonly ReferenceTensor[]): ReferenceTensor[] {
  const at = golden.operator === 'gather' ? 1 : 0;
  const size =
    golden.operator === 'gather'
      ? operands[0]?.shape[(golden.attributes as { axis: number }).axis]
      : golden.output.shape[0];
  return operands.map((operand, i) =>
    i === at
      ? { ...operand, data: operand.data.map((x) => Math.min(Math.max(x, 0), (size ?? 1) - 1)) }
      : operand,
  );
}

function isLookup({ operator }: GoldenCase): boolean {
  return operator === 'gather' || operator === 'scatterAdd';
}

// Another index is never checked, NaN stays NaN, and uint8 is always exact.
function canDiffer({ operator, inputs }: GoldenCase): boolean {
  return !/^arg|^isNaN/.test(operator) && inputs.every(({ dtype }) => dtype !== 'uint8');
}

const tolerances = selectTolerances('exact');

describe('boundRules', () => {
  // Every operator has golden cases: their operands, moved within random bounds, must stay within the rule's
  // bound in float64. The reference itself stands for an engine of infinite precision here.
  it.each(goldens.cases)('hold for moved operands: $name', (golden) => {
    const next = randomNumbers(golden.name.length * 7919);
    const node = {
      operator: golden.operator,
      attributes: golden.attributes,
      inputs: [],
      outputs: [],
      path: golden.name,
    } satisfies NodeOf<KernelName>;
    const { dtype, shape } = golden.output;
    const type: ResultType = { dtype, shape, bindings: {}, where: golden.name };
    const rule = boundRules[golden.operator] as BoundRule<KernelName>;
    const operands = golden.inputs.map(operandOf);
    const result = applyKernel(node, operands, type).data;
    let checked = 0;
    for (let round = 0; round < 20; round++) {
      const uncertain = operands.map((operand) => makeUncertain(operand, next));
      const { bound } = rule({
        ...type,
        inputs: operands,
        attributes: golden.attributes,
        bounds: uncertain.map((operand) => operand.bound),
        result,
        tolerances,
      });
      expect(bound.length).toBe(result.length);
      expect(bound.every((b) => b >= 0)).toBe(true);
      const moved = uncertain.map((operand) => perturb(operand, next));
      const inputs = isLookup(golden) ? keepInRange(golden, moved) : moved;
      const actual = applyKernel(node, inputs, type).data;
      result.forEach((expected, i) => {
        const received = actual[i] as number;
        const allowed = bound[i] as number;
        if (allowed === Number.POSITIVE_INFINITY || Object.is(received, expected)) return;
        // the ends x ± b are rounded to float64 themselves; operands reach 88
        const slack = 1e-12 * (Math.abs(expected) + allowed) + 1e-13;
        expect(
          Math.abs(received - expected),
          `round ${round}, element ${i}: ${received} for ${expected} ± ${allowed}`,
        ).toBeLessThanOrEqual(allowed + slack);
        checked++;
      });
    }
    if (canDiffer(golden)) expect(checked, 'differences were seen').toBeGreaterThan(0);
  });
});

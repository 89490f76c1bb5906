import type { Tensor } from '@etalon/compiler';
import { einsum, gradient, mul, reduceSum, tensor, traceProgram } from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../compiler/test/vectors/einsum.json' with { type: 'json' };
import { evaluateProgram } from '../../src/index.ts';
import { hostTensor } from '../tensors.ts';
import { checkGradients } from './gradient-checks.ts';

describe('einsum', () => {
  // Quarters of small integers: every sum is exact.
  it.each(vectors.cases)('equals NumPy in $equation, and JAX in its gradients', (golden) => {
    const { equation, value, cotangent, gradients } = golden;
    const operands = golden.operands.map(({ shape, data }) => hostTensor(data, shape));
    const types = {
      operands: operands.map(({ shape }) => tensor('float32', shape)),
      cotangent: tensor('float32', cotangent.shape),
    };
    const program = traceProgram('einsum', types, (inputs) => {
      const loss = (tensors: readonly Tensor[]) =>
        reduceSum(mul(einsum(equation, ...tensors), inputs.cotangent));
      return {
        value: einsum(equation, ...inputs.operands),
        gradients: gradient(loss)(inputs.operands),
      };
    });
    const outputs = evaluateProgram(program, {
      cotangent: hostTensor(cotangent.data, cotangent.shape),
      ...named('operands', operands),
    });
    const plain = ({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }) => ({
      shape: [...shape],
      // no -0
      data: Array.from(data, (number) => number + 0),
    });
    expect(outputs.value && plain(outputs.value)).toEqual(plain(value));
    gradients.forEach((expected, at) => {
      const found = outputs[`gradients/${at}`];
      expect(found && plain(found)).toEqual(plain(expected));
    });
  });

  it('equals plain loops, whatever the order of axes, with named sizes and with integers', () => {
    fc.assert(
      fc.property(equations, fc.constantFrom<DType>('float32', 'int32'), (drawn, dtype) => {
        const { terms, output, sizes, named: isNamed } = drawn;
        const equation = `${terms.join(',')}->${output}`;
        const operands = terms.map((term, at) => numbers(dtype, [...term].map(sizeIn(sizes)), at));
        const types = terms.map((term) =>
          tensor(
            dtype,
            [...term].map((label) => (isNamed ? label : sizeIn(sizes)(label))),
          ),
        );
        const program = traceProgram('einsum', { operands: types }, (inputs) => ({
          value: einsum(equation, ...inputs.operands),
        }));
        const { value } = evaluateProgram(program, named('operands', operands));
        expect(value?.shape).toEqual([...output].map(sizeIn(sizes)));
        expect(Array.from(value?.data ?? [], (number) => number + 0)).toEqual(
          loops(terms, output, sizes, operands),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each<{ readonly equation: string; readonly shapes: readonly (readonly number[])[] }>([
    {
      equation: 'bqhd,bkhd->bhqk',
      shapes: [
        [2, 2, 1, 3],
        [2, 3, 1, 3],
      ],
    },
    {
      equation: 'ij,ik,il->jkl',
      shapes: [
        [2, 2],
        [2, 3],
        [2, 1],
      ],
    },
    {
      equation: '...i,...i->...',
      shapes: [
        [2, 1, 3],
        [2, 3],
      ],
    },
    {
      equation: 'ij,kl->',
      shapes: [
        [2, 2],
        [3, 1],
      ],
    },
  ])('has first and second derivatives of $equation', ({ equation, shapes }) => {
    const names = shapes.map((_, at) => `x${at}`);
    let seed = 0;
    checkGradients(
      Object.fromEntries(shapes.map((shape, at) => [`x${at}`, tensor('float32', shape)])),
      (symbols) => einsum(equation, ...names.map((name) => symbols[name] as Tensor)),
      Object.fromEntries(shapes.map((shape, at) => [`x${at}`, numbers('float32', shape, at)])),
      (count) => Float32Array.from({ length: count }, () => Math.sin(++seed)),
    );
  });
});

type DType = 'float32' | 'int32';
type Sizes = Readonly<Record<string, number>>;

const sizeIn =
  (sizes: Sizes) =>
  (label: string): number =>
    sizes[label] ?? 0;

const letters = ['a', 'b', 'c', 'd'];
const term = fc.shuffledSubarray(letters).map((labels) => labels.join(''));
const equations = fc
  .record({
    terms: fc.array(term, { minLength: 1, maxLength: 3 }),
    order: fc.shuffledSubarray(letters),
    sizes: fc.record(
      Object.fromEntries(letters.map((label) => [label, fc.integer({ min: 1, max: 3 })])),
    ),
    named: fc.boolean(),
  })
  .map(({ order, ...drawn }) => ({
    ...drawn,
    output: order.filter((label) => drawn.terms.some((own) => own.includes(label))).join(''),
  }));

function named<T>(prefix: string, values: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(values.map((value, at) => [`${prefix}/${at}`, value]));
}

/** Small integers, of which every sum of products is exact. */
function numbers(dtype: DType, shape: readonly number[], seed: number): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = Array.from({ length: count }, (_, at) => ((at * 7 + seed * 5 + 3) % 11) - 5);
  return dtype === 'float32'
    ? { dtype, shape, data: Float32Array.from(data) }
    : { dtype, shape, data: Int32Array.from(data) };
}

/** The definition: a sum over all axes of the product of the operands' elements. */
function loops(
  terms: readonly string[],
  output: string,
  sizes: Sizes,
  operands: readonly HostTensor[],
): readonly number[] {
  const labels = [...new Set([...output, ...terms.join('')])];
  const at = (own: string, index: Readonly<Record<string, number>>): number =>
    [...own].reduce((offset, label) => offset * sizeIn(sizes)(label) + (index[label] ?? 0), 0);
  const sums = Array(
    at(output, Object.fromEntries([...output].map((label) => [label, sizeIn(sizes)(label) - 1]))) +
      1,
  ).fill(0);
  const visit = (depth: number, index: Readonly<Record<string, number>>): void => {
    const label = labels[depth];
    if (label === undefined) {
      sums[at(output, index)] += terms.reduce(
        (product, own, operand) =>
          product * (operands[operand]?.data[at(own, index)] ?? Number.NaN),
        1,
      );
      return;
    }
    for (let i = 0; i < sizeIn(sizes)(label); i++) visit(depth + 1, { ...index, [label]: i });
  };
  visit(0, {});
  return sums.map((sum) => sum + 0);
}

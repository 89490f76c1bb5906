import type { Tensor, TensorType } from '@etalon/compiler';
import {
  abs,
  add,
  averagePool2d,
  constant,
  conv2d,
  div,
  gather,
  gelu,
  gradient,
  logSoftmax,
  matmul,
  maxPool2d,
  mul,
  neg,
  oneHot,
  pad,
  pow,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  tensor,
  traceProgram,
  valueAndGradient,
} from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import vectors from '../../../compiler/test/vectors/gradients.json' with { type: 'json' };
import type { ReferenceTensor } from '../../src/index.ts';
import { evaluateProgram } from '../../src/index.ts';

type Tensors = Readonly<Record<string, Tensor>>;
type Loss = (parameters: Tensors, data: Tensors) => Tensor;

// A loss by the names of its parameters and data.
function network<P extends string, D extends string>(
  loss: (parameters: Record<P, Tensor>, data: Record<D, Tensor>) => Tensor,
): Loss {
  return (parameters, data) => loss(parameters as Record<P, Tensor>, data as Record<D, Tensor>);
}

// The functions of tools/goldens/compiler/make_gradients.py.
const networks: Readonly<Record<string, Loss>> = {
  classifier: network<'w1' | 'b1' | 'gain' | 'w2', 'x' | 'label'>(
    ({ w1, b1, gain, w2 }, { x, label }) => {
      const hidden = gelu(add(matmul(x, w1), b1));
      const centred = sub(hidden, reduceMean(hidden, { axes: 1, keepDims: true }));
      const variance = reduceMean(square(centred), { axes: 1, keepDims: true });
      const scaled = div(centred, sqrt(add(variance, 0.5)));
      const logits = matmul(mul(scaled, gain), w2);
      const chosen = mul(logSoftmax(logits), oneHot(label, { depth: 3 }));
      return neg(reduceMean(reduceSum(chosen, { axes: 1 })));
    },
  ),
  convolutional: network<'filter' | 'bias' | 'dense', 'image'>(
    ({ filter, bias, dense }, { image }) => {
      const padding = [
        [1, 1],
        [0, 1],
      ] as const;
      const convolved = conv2d(image, filter, { strides: [2, 1], padding });
      const pooled = maxPool2d(tanh(add(convolved, bias)), { windowSize: 2, strides: [1, 2] });
      return reduceMean(matmul(reshape(pooled, [2, -1]), square(dense)));
    },
  ),
  grouped: network<'filter' | 'scale', 'image'>(({ filter, scale }, { image }) => {
    const convolved = conv2d(image, filter, {
      padding: [
        [2, 1],
        [0, 0],
      ],
      dilations: [2, 1],
      groups: 2,
    });
    const pooled = averagePool2d(softplus(convolved), {
      windowSize: [3, 2],
      strides: 2,
      padding: [
        [1, 1],
        [0, 1],
      ],
    });
    const scaled = mul(convolved, scale);
    return add(reduceSum(pooled), reduceMean(square(sub(scaled, reduceMean(scaled)))));
  }),
  embedding: network<'table' | 'power', 'ids'>(({ table, power }, { ids }) => {
    const rows = gather(table, ids);
    const backwards = constant({ dtype: 'int32', shape: [4], data: Int32Array.of(3, 2, 1, 0) });
    const mirrored = gather(rows, backwards, { axis: 2 });
    const attention = softmax(reduceSum(mul(rows, sin(mirrored)), { axes: -1 }));
    const mixed = reshape(matmul(reshape(attention, [2, 1, 3]), rows), [2, 4]);
    const padded = pad(mixed, { before: [0, 1], after: [0, 2] });
    const taken = slice(padded, { starts: [0, 0], strides: [1, 2] });
    return add(reduceSum(pow(add(1.5, abs(taken)), power)), reduceMax(mul(mixed, power)));
  }),
};

interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const entriesOf = (tree: object): [string, Stored][] => Object.entries(tree);

const dtypeOf = ({ dtype }: Stored) => (dtype === 'int32' ? 'int32' : 'float32');

function declare(tree: object): Record<string, TensorType> {
  return Object.fromEntries(
    entriesOf(tree).map(([name, stored]) => [name, tensor(dtypeOf(stored), stored.shape)]),
  );
}

function feed(prefix: string, tree: object): Record<string, ReferenceTensor> {
  return Object.fromEntries(
    entriesOf(tree).map(([name, stored]) => [
      `${prefix}/${name}`,
      { dtype: dtypeOf(stored), shape: stored.shape, data: Float64Array.from(stored.data) },
    ]),
  );
}

// Constants of the rules are float32, which leaves about 7 digits.
function expectClose(prefix: string, outputs: Record<string, ReferenceTensor>, tree: object): void {
  for (const [name, { shape, data }] of entriesOf(tree)) {
    const computed = outputs[`${prefix}/${name}`];
    const largest = Math.max(...data.map(Math.abs));
    expect(computed?.shape).toEqual(shape);
    computed?.data.forEach((value, at) => {
      expect(Math.abs(value - (data[at] ?? Number.NaN)) / largest).toBeLessThan(2e-7);
    });
  }
}

describe.each(vectors.networks)('$name, differentiated by JAX', (golden) => {
  const loss = networks[golden.name];
  if (loss === undefined) throw new RangeError(`no network ${golden.name}`);
  const program = traceProgram(
    golden.name,
    {
      parameters: declare(golden.parameters),
      vector: declare(golden.parameters),
      data: declare(golden.data),
    },
    ({ parameters, vector, data }) => {
      const { value, gradients } = valueAndGradient(loss)(parameters, data);
      // the Hessian times a vector is the gradient of the gradient along that vector
      const along = (values: Tensors): Tensor => {
        const slopes = gradient(loss)(values, data);
        return Object.entries(slopes)
          .map(([name, slope]) => reduceSum(mul(slope, vector[name] ?? 0)))
          .reduce((sum, term) => add(sum, term));
      };
      return { value, gradients, products: gradient(along)(parameters) };
    },
  );
  const outputs = evaluateProgram(program, {
    ...feed('parameters', golden.parameters),
    ...feed('vector', golden.vector),
    ...feed('data', golden.data),
  });

  it('has the loss', () => {
    expect(outputs.value?.data[0]).toBeCloseTo(golden.loss, 6);
  });

  it('has the gradient', () => {
    expectClose('gradients', outputs, golden.gradient);
  });

  it('has the product of the Hessian with a vector', () => {
    expectClose('products', outputs, golden.hessianVectorProduct);
  });
});

import type { Tensor, TensorType } from '@etalon/compiler';
import { gradient, prepare, reduceSum, tensor, traceProgram } from '@etalon/compiler';
import type { ReferenceTensor } from '@etalon/reference';
import { createReferenceBackend, evaluateProgram, evaluateWithBounds } from '@etalon/reference';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import vectors from '../../test/vectors/losses.json' with { type: 'json' };
import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { categoricalCrossEntropy, sparseCategoricalCrossEntropy } from './cross-entropy.ts';
import { huber, meanAbsoluteError, meanSquaredError } from './regression.ts';

type Loss = (predictions: Tensor, targets: Tensor, options?: object) => Tensor;

const losses: Readonly<Record<string, Loss>> = {
  sparseCategoricalCrossEntropy,
  categoricalCrossEntropy,
  binaryCrossEntropy,
  meanSquaredError,
  meanAbsoluteError,
  huber,
};
const names = Object.keys(losses);

function lossNamed(name: string): Loss {
  const loss = losses[name];
  if (loss === undefined) throw new Error(`There is no loss ${name}.`);
  return loss;
}

const targetDType = (name: string) => (name.startsWith('sparse') ? 'int32' : 'float32');

function lossProgram(
  apply: Loss,
  predictions: TensorType,
  targets: TensorType,
  options?: object,
  parts: Readonly<Record<string, TensorType>> = {},
): ProgramV1 {
  return traceProgram('loss', { predictions, targets, ...parts }, (inputs) => {
    const { predictions, targets, ...given } = inputs as Record<string, Tensor> & typeof inputs;
    const all = { ...options, ...given };
    return {
      value: apply(predictions, targets, all),
      gradient: gradient((x: Tensor) => reduceSum(apply(x, targets, all)))(predictions),
    };
  });
}

function float64(shape: readonly number[], data: readonly number[]): ReferenceTensor {
  return { dtype: 'float32', shape, data: Float64Array.from(data) };
}

function float32(shape: readonly number[], data: readonly number[]): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}

function int32(shape: readonly number[], data: readonly number[]): HostTensor {
  return { dtype: 'int32', shape, data: Int32Array.from(data) };
}

const batched = ([, ...rest]: readonly number[]) => ['batch', ...rest];

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly (number | boolean)[];
}

type Vector = (typeof vectors.cases)[number] & {
  readonly sampleWeight?: Numbers;
  readonly mask?: Numbers;
};

const partTypes = { sampleWeight: 'float32', mask: 'bool' } as const;

/** Weights and masks of a case, and their types. */
function partsOf(
  vector: Vector,
  shapeOf: (shape: readonly number[]) => readonly (string | number)[],
) {
  const given = (['sampleWeight', 'mask'] as const).flatMap((name) => {
    const numbers = vector[name];
    return numbers === undefined ? [] : [{ name, dtype: partTypes[name], ...numbers }];
  });
  return {
    types: Object.fromEntries(
      given.map(({ name, dtype, shape }) => [name, tensor(dtype, shapeOf(shape))]),
    ),
    values: Object.fromEntries(
      given.map(({ name, dtype, shape, data }) => [
        name,
        { ...float64(shape, data.map(Number)), dtype } as ReferenceTensor,
      ]),
    ),
  };
}

function inputsOf({ loss, predictions, targets }: Vector) {
  const { shape, data } = targets;
  return {
    predictions: float64(predictions.shape, predictions.data),
    targets: { ...float64(shape, data), dtype: targetDType(loss) },
  } as const;
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(
      1e-13 * (1 + Math.abs(value)),
    );
  });
}

describe('losses', () => {
  it.each(vectors.cases.map((vector, index) => ({ ...vector, index })))(
    '$loss $options equals PyTorch or Keras, value and gradient (case $index)',
    (vector) => {
      const { loss, options, predictions, targets, value, gradient: expected } = vector;
      const program = lossProgram(
        lossNamed(loss),
        tensor('float32', batched(predictions.shape)),
        tensor(targetDType(loss), batched(targets.shape)),
        options,
        partsOf(vector, batched).types,
      );
      const { values } = partsOf(vector, batched);
      const outputs = evaluateProgram(program, { ...inputsOf(vector), ...values });
      expect(outputs.value?.shape).toEqual(value.shape);
      expectClose(outputs.value?.data ?? [], value.data);
      expectClose(outputs.gradient?.data ?? [], expected);
    },
  );

  it.each(vectors.cases.map((vector, index) => ({ ...vector, index })))(
    '$loss $options stays within 1e-5 of it in float32 (case $index)',
    (vector) => {
      const { loss, options, predictions, targets, value } = vector;
      const program = lossProgram(
        lossNamed(loss),
        tensor('float32', predictions.shape),
        tensor(targetDType(loss), targets.shape),
        options,
        partsOf(vector, (shape) => shape).types,
      );
      const inputs = { ...inputsOf(vector), ...partsOf(vector, (shape) => shape).values };
      const { value: result } = evaluateWithBounds(program, inputs, { precision: 'cpu' });
      result?.bound.forEach((bound, index) => {
        expect(bound).toBeLessThan(1e-5 * (1 + Math.abs(value.data[index] ?? Number.NaN)));
      });
    },
  );

  it.each(names)('%s runs prepared, with the batch size left open', async (name) => {
    const program = lossProgram(
      lossNamed(name),
      tensor('float32', ['batch', 3]),
      tensor(targetDType(name), name.startsWith('sparse') ? ['batch'] : ['batch', 3]),
    );
    const backend = createReferenceBackend();
    const prepared = await prepare(program, backend);
    const run = async (rows: number): Promise<HostTensor | undefined> => {
      const predictions = float32([rows, 3], Array(rows * 3).fill(0.25));
      const targets = name.startsWith('sparse')
        ? int32([rows], Array(rows).fill(1))
        : float32([rows, 3], Array(rows * 3).fill(1));
      return (await prepared.run({ predictions, targets })).value?.read();
    };
    expect(await run(1)).toMatchObject({ dtype: 'float32', shape: [] });
    expect((await run(7))?.data[0]).toBeCloseTo((await run(1))?.data[0] ?? Number.NaN, 6);
    await backend.dispose();
  });

  it.each(names)('%s puts its name on the path of its nodes', (name) => {
    const program = traceProgram(
      'loss',
      {
        x: tensor('float32', [2, 3]),
        y: tensor(targetDType(name), name.startsWith('sparse') ? [2] : [2, 3]),
      },
      ({ x, y }) => ({ value: lossNamed(name)(x, y) }),
    );
    expect(program.nodes.filter(({ path }) => !path.startsWith(`${name} › `))).toEqual([]);
  });
});

describe('sparseCategoricalCrossEntropy', () => {
  it('takes logits of -∞ as impossible classes, without NaN in the gradient', () => {
    const program = lossProgram(
      sparseCategoricalCrossEntropy,
      tensor('float32', [1, 3]),
      tensor('int32', [1]),
    );
    const outputs = evaluateProgram(program, {
      predictions: float32([1, 3], [0, Number.NEGATIVE_INFINITY, 0]),
      targets: int32([1], [2]),
    });
    // two equally likely classes are left
    expectClose(outputs.value?.data ?? [], [Math.LN2]);
    expectClose(outputs.gradient?.data ?? [], [0.5, 0, -0.5]);
  });

  it('refuses a label on the host that is no class before an engine sees it', async () => {
    const backend = createReferenceBackend();
    const prepared = await prepare(
      lossProgram(sparseCategoricalCrossEntropy, tensor('float32', [2, 3]), tensor('int32', [2])),
      backend,
    );
    for (const label of [3, -1]) {
      await expect(
        prepared.run({
          predictions: float32([2, 3], [0, 0, 0, 0, 0, 0]),
          targets: int32([2], [0, label]),
        }),
      ).rejects.toMatchObject({ name: 'DataError', code: 'INDEX_OUT_OF_RANGE' });
    }
    await backend.dispose();
  });
});

describe('a mask', () => {
  const types = {
    predictions: tensor('float32', ['batch']),
    targets: tensor('float32', ['batch']),
    mask: tensor('bool', ['batch']),
  };
  const masked = (reduction: string, kept: readonly number[]) => {
    const program = traceProgram('masked', types, ({ predictions, targets, mask }) => {
      const loss = (x: Tensor) => meanSquaredError(x, targets, { reduction, mask } as object);
      return {
        value: loss(predictions),
        gradient: gradient((x: Tensor) => reduceSum(loss(x)))(predictions),
      };
    });
    const outputs = evaluateProgram(program, {
      predictions: float32([3], [1, Number.NaN, 3]),
      targets: float32([3], [0, 0, 1]),
      mask: { dtype: 'bool', shape: [3], data: Uint8Array.from(kept) },
    });
    return {
      value: [...(outputs.value?.data ?? [])],
      gradient: [...(outputs.gradient?.data ?? [])],
    };
  };

  it('keeps what is no number out of the loss, and out of the gradients of the others', () => {
    expect(masked('mean', [1, 0, 1])).toMatchObject({
      value: [2.5],
      gradient: [1, expect.anything(), 2],
    });
    expect(masked('sum', [0, 0, 1]).value).toEqual([4]);
    expect(masked('none', [1, 0, 1]).value).toEqual([1, 0, 4]);
  });

  it('of nothing gives 0', () => {
    expect(masked('mean', [0, 0, 0]).value).toEqual([0]);
  });
});

describe('binaryCrossEntropy', () => {
  it('has the second derivative of the logistic loss, also at 0', () => {
    const inputs = { x: tensor('float32', [3]), z: tensor('float32', [3]) };
    const program = traceProgram('second', inputs, ({ x, z }) => {
      const loss = (logits: Tensor) => binaryCrossEntropy(logits, z, { reduction: 'sum' });
      return { second: gradient((logits: Tensor) => reduceSum(gradient(loss)(logits)))(x) };
    });
    const { second } = evaluateProgram(program, {
      x: float32([3], [0, 2, -3]),
      z: float32([3], [1, 0, 0.5]),
    });
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    expectClose(
      second?.data ?? [],
      [0, 2, -3].map((x) => sigmoid(x) * sigmoid(-x)),
    );
  });

  it('keeps small losses of confident answers in float32', () => {
    const program = lossProgram(binaryCrossEntropy, tensor('float32', [1]), tensor('float32', [1]));
    const inputs = { predictions: float32([1], [12]), targets: float32([1], [1]) };
    const { value } = evaluateWithBounds(program, inputs, { precision: 'cpu' });
    // log(1 + e^-12) is 6.1e-6; 1 + e^-12 is rounded to 1.2e-7
    expect(value?.data[0]).toBeCloseTo(6.144e-6, 8);
    expect(value?.bound[0]).toBeLessThan(3e-7);
  });
});

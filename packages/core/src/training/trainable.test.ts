import type { Tensor } from '@etalon/compiler';
import { formatShape, simplify, tensor } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { countingBackend } from '../../test/support/counting-backend.ts';
import { datasetOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { pointModel, points, pointTrainer, variableBits } from '../../test/support/trainers.ts';
import { sparseCategoricalCrossEntropy } from '../losses/cross-entropy.ts';
import { adam } from '../optimizers/adam.ts';
import { clipByGlobalNorm } from '../optimizers/clip-gradients.ts';
import { stepProgram } from './step-program.ts';

const examples = datasetOf(points(37));
const head = (path: string): boolean => path.startsWith('dense_2/');
const bitsOfPart = (bits: object, isIn: (path: string) => boolean): object =>
  Object.fromEntries(Object.entries(bits).filter(([name]) => isIn(name)));

describe('trainable', () => {
  it.each([1, 'auto'] as const)(
    'leaves the other parameters as they are (%s)',
    async (stepsPerCall) => {
      const backend = countingBackend({ loopPolicy: 'inside' });
      const trainer = await pointTrainer({ backend, trainable: head });
      const before = variableBits(trainer);
      await trainer.fit(examples, { epochs: 3, batchSize: 8, stepsPerCall });
      const after = variableBits(trainer);
      const isHead = (name: string): boolean => name.includes('dense_2/');
      const isBody = (name: string): boolean => name.includes('dense_1/');
      expect(bitsOfPart(after, isBody)).toEqual(bitsOfPart(before, isBody));
      expect(Object.keys(bitsOfPart(after, isBody))).toHaveLength(2);
      for (const [name, bits] of Object.entries(bitsOfPart(after, isHead))) {
        expect(bits).not.toEqual(before[name as keyof typeof before]);
      }
    },
  );

  it('computes no gradient and keeps no slots of what is not trained', () => {
    const compiled = (isTrained: (path: string) => boolean) => {
      const program = simplify(
        stepProgram({
          model: pointModel(),
          targets: { label: tensor('int32', ['batch']) },
          loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label as Tensor),
          metrics: {},
          optimizer: adam({ learningRate: 1e-3 }),
          isTrained,
          transformGradients: (gradients) => gradients,
        }),
      );
      const products = program.nodes.filter(({ operator }) => operator === 'matmul');
      const slots = program.inputs.flatMap(({ name, value }) =>
        name.startsWith('slots/')
          ? [`${name} ${formatShape(program.values[value]?.shape ?? [])}`]
          : [],
      );
      return { products: products.length, slots };
    };
    // Forward two; backward the kernels' two and the hidden layer's one.
    expect(compiled(() => true).products).toBe(5);
    const { products, slots } = compiled(head);
    expect(products).toBe(3);
    expect(slots).toEqual([
      'slots/gradientSum/dense_2/kernel [6, 3]',
      'slots/gradientSum/dense_2/bias [3]',
      'slots/squareSum/dense_2/kernel [6, 3]',
      'slots/squareSum/dense_2/bias [3]',
    ]);
  });

  it('goes on from a checkpoint of the same choice alone', async () => {
    const trainer = await pointTrainer({ trainable: head });
    await trainer.fit(examples, { epochs: 1, batchSize: 8 });
    const checkpoint = await trainer.checkpoint();
    const same = await pointTrainer({ trainable: head });
    await same.restore(checkpoint);
    expect(variableBits(same)).toEqual(variableBits(trainer));
    const other = await pointTrainer();
    expect(await rejected(other.restore(checkpoint))).toMatchObject({
      code: 'CHECKPOINT_MISMATCH',
    });
  });

  it('must leave something to train', async () => {
    expect(await rejected(pointTrainer({ trainable: () => false }))).toMatchObject({
      name: 'AttributeError',
      code: 'OPTION_TRAINABLE',
      message: expect.stringMatching(/^trainer of "points": some parameter must be trained, /),
    });
  });
});

describe('transformGradients', () => {
  it('changes what the optimizer gets', async () => {
    const step = async (maxNorm?: number) => {
      const transformed =
        maxNorm === undefined
          ? {}
          : {
              transformGradients: (gradients: Readonly<Record<string, Tensor>>) =>
                clipByGlobalNorm(gradients, maxNorm),
            };
      const trainer = await pointTrainer(transformed);
      await trainer.fit(examples, { epochs: 1, batchSize: 37, shuffle: false });
      return variableBits(trainer);
    };
    expect(await step(1e6)).toEqual(await step());
    expect(await step(1e-12)).not.toEqual(await step());
  });
});

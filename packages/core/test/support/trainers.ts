import { drawNormal, randomKey } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1, HostTensor } from '@etalon/spec';
import type {
  ExampleBatch,
  Layer,
  Model,
  Optimizer,
  Tensor,
  TensorType,
  Trainer,
} from '../../src/index.ts';
import {
  adam,
  createTrainer,
  defineModel,
  dense,
  dropout,
  sequential,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossEntropy,
  tensor,
} from '../../src/index.ts';
import { centering } from './models.ts';
import { bitsOf, floats, integers } from './tensors.ts';

/** Points in four dimensions and one of three labels for each. */
export function points(count: number): {
  readonly x: HostTensor;
  readonly label: HostTensor;
} {
  const data = drawNormal(randomKey(99), count * 4);
  const label = Array.from({ length: count }, (_, row) => {
    const [a = 0, b = 0] = data.subarray(row * 4);
    return a > 0.4 ? 0 : b > 0 ? 1 : 2;
  });
  return { x: floats(data, [count, 4]), label: integers(...label) };
}

/** Model of points: dropout, state, and a hidden layer. */
export type PointModel = Model<{ readonly x: TensorType }, { readonly logits: Tensor }>;

/** Trainer of points. */
export type PointTrainer = Trainer<
  { readonly x: TensorType },
  { readonly logits: Tensor },
  'accuracy'
>;

/** Defines a model of points. */
export function pointModel(
  layer: Layer = sequential(dense(6, { activation: 'tanh' }), centering(), dropout(0.25), dense(3)),
  name = 'points',
): PointModel {
  return defineModel({
    name,
    inputs: { x: tensor('float32', ['batch', 4]) },
    build: ({ x }) => ({ logits: layer(x) }),
  });
}

/** Makes a trainer of points. */
export function pointTrainer({
  backend = createReferenceBackend(),
  seed = 1,
  optimizer = adam({ learningRate: 2 ** -5 }),
  model = pointModel(),
  ...more
}: {
  readonly backend?: BackendV1;
  readonly seed?: number;
  readonly optimizer?: Optimizer;
  readonly model?: PointModel;
  readonly variables?: PointTrainer['variables'];
  readonly trainable?: (path: string) => boolean;
  readonly transformGradients?: (
    gradients: Readonly<Record<string, Tensor>>,
  ) => Readonly<Record<string, Tensor>>;
} = {}): Promise<PointTrainer> {
  return createTrainer(model, {
    backend,
    seed,
    optimizer,
    ...more,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
  });
}

/** Bits of all variables of a trainer. */
export function variableBits({
  variables,
}: Pick<PointTrainer, 'variables'>): ReturnType<typeof bitsOf> {
  return bitsOf({ ...variables.parameters, ...variables.state });
}

/** Picks rows of a batch. */
export function rows(batch: ExampleBatch, begin: number, end: number): ExampleBatch {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { dtype, shape, data }]) => {
      const width = data.length / (shape[0] ?? 1);
      const part = data.slice(begin * width, end * width);
      return [name, { dtype, shape: [end - begin, ...shape.slice(1)], data: part } as HostTensor];
    }),
  );
}

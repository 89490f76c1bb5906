import { readFileSync } from 'node:fs';
import type { Tensor } from '@etalon/compiler';
import { constant, mul, reduceSum, tensor, traceProgram, valueAndGradient } from '@etalon/compiler';
import type { ReferenceTensor } from '@etalon/reference';
import { createReferenceBackend, evaluateProgram } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import type { DirectedInputs, Layer } from '../src/index.ts';
import {
  adam,
  bidirectional,
  createTrainer,
  defineModel,
  dense,
  gru,
  lstm,
  oneHot,
  sgd,
  simpleRnn,
  sparseCategoricalCrossEntropy,
  stateOf,
} from '../src/index.ts';
import { datasetOf } from './support/datasets.ts';
import { floats } from './support/tensors.ts';

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Named = Readonly<Record<string, Stored>>;

interface RecurrentCase {
  readonly name: string;
  readonly layer: keyof typeof makers;
  readonly options: object;
  readonly input: Stored;
  readonly mask?: Stored;
  readonly variables: Named;
  readonly cotangent: Stored;
  readonly output: Stored;
  readonly gradients: Named;
}

interface Run {
  readonly layer: 'simpleRnn' | 'lstm' | 'gru';
  readonly optimizer: 'sgd' | 'adam';
  readonly ids: readonly (readonly number[])[];
  readonly first: Named;
  readonly losses: readonly number[];
  readonly last: Named;
}

interface Goldens {
  readonly settings: { readonly letters: number; readonly steps: number; readonly units: number };
  readonly cases: readonly RecurrentCase[];
  readonly runs: readonly Run[];
}

const { settings, cases, runs }: Goldens = JSON.parse(
  readFileSync(new URL('./vectors/recurrent.json', import.meta.url), 'utf8'),
);

type Sequence = Layer<DirectedInputs>;

const makers = {
  simpleRnn: (options: object): Sequence => simpleRnn(settings.units, options),
  lstm: (options: object): Sequence => lstm(settings.units, options),
  gru: (options: object): Sequence => gru(settings.units, options),
  bidirectional: (options: object): Sequence =>
    bidirectional(
      (direction) => lstm(settings.units, { direction, returnSequences: true }),
      options,
    ),
};

const trained: Readonly<Record<Run['layer'], (options: object) => Sequence>> = {
  simpleRnn: (options) => simpleRnn(5, options),
  lstm: (options) => lstm(5, options),
  gru: (options) => gru(5, options),
};

function reference({ shape, data }: Stored): ReferenceTensor {
  return { dtype: 'float32', shape, data: Float64Array.from(data) };
}

function expectClose(found: ReferenceTensor | undefined, expected: Stored): void {
  expect(found?.shape).toEqual(expected.shape);
  const scale = Math.max(1, ...expected.data.map(Math.abs));
  expect(found?.data).toHaveLength(expected.data.length);
  // Both sides are float64 sums of at most some hundred terms.
  expected.data.forEach((value, index) => {
    expect(Math.abs((found?.data[index] ?? Number.NaN) - value)).toBeLessThan(1e-12 * scale);
  });
}

/** The goldens' name of one of our variables: `forward/kernel` where there are two directions, else `kernel`. */
function goldenName({ layer }: RecurrentCase, path: string): string {
  const [name = '', variable = ''] = path.split('/');
  if (layer !== 'bidirectional') return variable;
  return `${name === 'lstm_1' ? 'forward' : 'reverse'}/${variable}`;
}

describe('recurrent layers', () => {
  it.each(cases)('equal $name in value and gradients', (golden) => {
    const layer = makers[golden.layer](golden.options);
    const { mask } = golden;
    const model = defineModel({
      name: 'layer',
      inputs: {
        x: tensor('float32', golden.input.shape),
        ...(mask && { mask: tensor('bool', mask.shape) }),
      },
      build: (inputs: { readonly x: Tensor; readonly mask?: Tensor }) => ({
        y: layer(inputs.mask === undefined ? inputs.x : { input: inputs.x, mask: inputs.mask }),
      }),
    });
    const parameters = model.variables.parameters.map(({ path }) => path);
    expect(parameters.map((path) => goldenName(golden, path))).toEqual(
      Object.keys(golden.variables),
    );
    const program = traceProgram(
      'layer',
      { ...model.inputs, variables: stateOf(model) },
      ({ x, variables, ...rest }) => {
        const apply = (argument: { readonly x: Tensor; readonly p: typeof variables.parameters }) =>
          model.apply({ parameters: argument.p, state: {} }, { x: argument.x, ...rest } as never)
            .outputs.y;
        const cotangent = constant(floats(golden.cotangent.data, golden.cotangent.shape));
        const loss = valueAndGradient((argument: Parameters<typeof apply>[0]) =>
          reduceSum(mul(apply(argument), cotangent)),
        );
        const point = { x, p: variables.parameters };
        return { y: apply(point), ...loss(point).gradients };
      },
    );
    const outputs = evaluateProgram(program, {
      x: reference(golden.input),
      ...(mask && {
        mask: { dtype: 'bool' as const, shape: mask.shape, data: Float64Array.from(mask.data) },
      }),
      ...Object.fromEntries(
        parameters.map((path) => [
          `variables/parameters/${path}`,
          reference(golden.variables[goldenName(golden, path)] as Stored),
        ]),
      ),
    });
    expectClose(outputs.y, golden.output);
    expectClose(outputs.x, golden.gradients.input as Stored);
    for (const path of parameters) {
      expectClose(outputs[`p/${path}`], golden.gradients[goldenName(golden, path)] as Stored);
    }
  });

  it.each(runs)('learn with $layer and $optimizer as in PyTorch', async (run) => {
    const { letters, steps } = settings;
    const network = trained[run.layer]({ returnSequences: true });
    const head = dense(letters);
    const rows = run.ids.length;
    const length = (run.ids[0]?.length ?? 0) - 1;
    const trainer = await createTrainer(
      defineModel({
        name: run.layer,
        inputs: { id: tensor('int32', ['batch', 'time']) },
        build: ({ id }) => ({ logits: head(network(oneHot(id, { depth: letters }))) }),
      }),
      {
        backend: createReferenceBackend(),
        targets: { next: tensor('int32', ['batch', 'time']) },
        loss: ({ logits }, { next }) => sparseCategoricalCrossEntropy(logits, next),
        optimizer:
          run.optimizer === 'sgd'
            ? sgd({ learningRate: 0.125, momentum: 0.75 })
            : adam({ learningRate: 0.03125 }),
        variables: {
          parameters: Object.fromEntries(
            Object.entries(run.first).map(([path, { data, shape }]) => [path, floats(data, shape)]),
          ),
          state: {},
        },
      },
    );
    const ids = (begin: number) => ({
      dtype: 'int32' as const,
      shape: [rows, length],
      data: Int32Array.from(run.ids.flatMap((row) => row.slice(begin, begin + length))),
    });
    const history = await trainer.fit(datasetOf({ id: ids(0), next: ids(1) }), {
      epochs: steps,
      batchSize: rows,
      shuffle: false,
    });
    expect(history.epochs).toHaveLength(steps);
    history.epochs.forEach(({ logs }, step) => {
      expect(Math.abs(logs.loss - (run.losses[step] ?? Number.NaN))).toBeLessThan(1e-6);
    });
    for (const [path, { data }] of Object.entries(run.last)) {
      data.forEach((value, at) => {
        const found = trainer.variables.parameters[path]?.data[at] ?? Number.NaN;
        expect(Math.abs(found - value)).toBeLessThan(1e-6);
      });
    }
    trainer.dispose();
  });
});

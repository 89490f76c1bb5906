import { readFileSync } from 'node:fs';
import type { Tensor } from '@etalon/compiler';
import { mul, reduceSum, tensor, traceProgram, valueAndGradient } from '@etalon/compiler';
import type { ReferenceTensor } from '@etalon/reference';
import { evaluateProgram } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import type { Layer } from '../src/index.ts';
import {
  defineModel,
  multiHeadAttention,
  rotaryEmbedding,
  sinusoidalPositions,
  stateOf,
  transformerDecoderBlock,
  transformerEncoderBlock,
} from '../src/index.ts';
import { evaluate, floats, integers } from './support/tensors.ts';

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Named = Readonly<Record<string, Stored>>;

interface AttentionCase {
  readonly name: string;
  readonly layer: keyof typeof makers;
  readonly options: { readonly heads: number; readonly keySize?: number };
  readonly inputs: Named;
  readonly mask?: Stored;
  readonly variables: Named;
  readonly cotangent: Stored;
  readonly output: Stored;
  readonly gradients: Named;
}

interface RotaryCase {
  readonly base: number;
  readonly x: Stored;
  readonly positions?: readonly number[];
  readonly output: Stored;
}

interface Goldens {
  readonly cases: readonly AttentionCase[];
  readonly rotary: readonly RotaryCase[];
  readonly sinusoidal: readonly { readonly output: Stored }[];
}

const goldens: Goldens = JSON.parse(
  readFileSync(new URL('./vectors/attention.json', import.meta.url), 'utf8'),
);

function reference({ shape, data }: Stored): ReferenceTensor {
  return { dtype: 'float32', shape, data: Float64Array.from(data) };
}

function expectClose(
  found: ArrayLike<number> | undefined,
  expected: Stored,
  tolerance: number,
): void {
  expect(found).toHaveLength(expected.data.length);
  const scale = Math.max(1, ...expected.data.map(Math.abs));
  expected.data.forEach((value, index) => {
    expect(Math.abs((found?.[index] ?? Number.NaN) - value)).toBeLessThan(tolerance * scale);
  });
}

const makers = { multiHeadAttention, transformerDecoderBlock, transformerEncoderBlock };

// The scale 1/√keySize is a float32 constant, which is not the number that Keras and PyTorch have in float64; nor is the epsilon
// of a normalization.
const toleranceOf = ({ layer, options }: AttentionCase): number => {
  const scale = 1 / Math.sqrt(options.keySize ?? 3);
  return layer === 'multiHeadAttention' && Math.fround(scale) === scale ? 1e-12 : 2 ** -22;
};

/** Names for the sizes of a batch of sequences, by input. */
const named: Readonly<Record<string, readonly string[]>> = {
  query: ['batch', 'queries'],
  value: ['batch', 'keys'],
  key: ['batch', 'keys'],
  input: ['batch', 'queries'],
  encoded: ['batch', 'keys'],
};

describe('attention', () => {
  // As numbers and as names: positions are constants in one case and counted in the other.
  const both = goldens.cases.flatMap((golden) => [
    { name: golden.name, golden, isNamed: false },
    { name: `${golden.name}, of named sizes`, golden, isNamed: true },
  ]);
  it.each(both)('equals $name in value and gradients', ({ golden, isNamed }) => {
    const make = makers[golden.layer] as (options: object) => Layer<unknown>;
    const layer = make(golden.options);
    const { mask, inputs } = golden;
    const isCross = 'value' in inputs || 'encoded' in inputs;
    const typeOf = (name: string, { shape }: Stored) =>
      tensor('float32', isNamed ? [...(named[name] ?? []), shape[2] ?? 0] : shape);
    const maskSizes = isCross ? ['queries', 'keys'] : ['queries', 'queries'];
    const maskShape = isNamed
      ? ['batch', ...maskSizes.slice(1 - (mask?.shape.length ?? 0))]
      : (mask?.shape ?? []);
    const maskName = 'encoded' in inputs ? 'encodedMask' : 'mask';
    const model = defineModel({
      name: 'layer',
      inputs: {
        ...Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, typeOf(name, x)])),
        ...(mask && { [maskName]: tensor('bool', maskShape) }),
      },
      build: (given: Readonly<Record<string, Tensor>>) => ({
        y: layer(golden.layer === 'multiHeadAttention' && !isCross ? given.query : given),
      }),
    });
    const [name = ''] = model.layers.map((use) => use.name);
    const paths = Object.keys(golden.variables).map((path) => `${name}/${path}`);
    expect(model.variables.parameters.map(({ path }) => path).sort()).toEqual(paths.sort());
    const program = traceProgram(
      'layer',
      {
        given: model.inputs,
        variables: stateOf(model),
        cotangent: tensor('float32', model.outputs.y.shape),
      },
      ({ given, variables, cotangent }) => {
        const { [maskName]: seen, ...tensors } = given as Readonly<Record<string, Tensor>>;
        const apply = (at: {
          readonly x: typeof tensors;
          readonly p: typeof variables.parameters;
        }) =>
          model.apply(
            { parameters: at.p, state: {} },
            { ...at.x, ...(seen && { [maskName]: seen }) },
          ).outputs.y;
        const loss = valueAndGradient((at: Parameters<typeof apply>[0]) =>
          reduceSum(mul(apply(at), cotangent)),
        );
        const point = { x: tensors, p: variables.parameters };
        return { y: apply(point), gradients: loss(point).gradients };
      },
    );
    const feeds = [
      ...Object.entries(inputs).map(([key, x]) => [`given/${key}`, reference(x)] as const),
      ...Object.entries(golden.variables).map(
        ([path, x]) => [`variables/parameters/${name}/${path}`, reference(x)] as const,
      ),
    ];
    const outputs = evaluateProgram(program, {
      ...Object.fromEntries(feeds),
      cotangent: reference(golden.cotangent),
      ...(mask && { [`given/${maskName}`]: { ...reference(mask), dtype: 'bool' as const } }),
    });
    const tolerance = toleranceOf(golden);
    expectClose(outputs.y?.data, golden.output, tolerance);
    for (const [path, gradient] of Object.entries(golden.gradients)) {
      const at = path in inputs ? `gradients/x/${path}` : `gradients/p/${name}/${path}`;
      expect(outputs[at]?.shape).toEqual(gradient.shape);
      expectClose(outputs[at]?.data, gradient, tolerance);
    }
  });
});

describe('rotaryEmbedding', () => {
  it.each(goldens.rotary)('turns pairs as complex numbers are turned: base $base', (golden) => {
    const { x, positions, base, output } = golden;
    const [rows = 0, time = 0, size = 0] = x.shape;
    for (const steps of [time, 'time']) {
      const program = traceProgram(
        'rotary',
        {
          x: tensor('float32', [rows, steps, size]),
          ...(positions && { positions: tensor('int32', [steps]) }),
        },
        (given: { readonly x: Tensor; readonly positions?: Tensor }) => ({
          y: rotaryEmbedding(given.x, given.positions, { base }),
        }),
      );
      const { y } = evaluate(program, {
        x: floats(x.data, x.shape),
        ...(positions && { positions: integers(...positions) }),
      });
      // Frequencies are float32 constants, and positions multiply what they are off by.
      expectClose(y, output, 1e-5);
    }
  });
});

describe('sinusoidalPositions', () => {
  it.each(goldens.sinusoidal)('adds the table of Vaswani et al.: $output.shape', ({ output }) => {
    const [time = 0, size = 0] = output.shape;
    for (const steps of [time, 'time']) {
      const layer = sinusoidalPositions();
      const model = defineModel({
        name: 'positions',
        inputs: { x: tensor('float32', [1, steps, size]) },
        build: ({ x }) => ({ y: layer(x) }),
      });
      const zeros = floats(new Float32Array(time * size), [1, time, size]);
      const { y } = evaluate(model.freeze(model.initialize(0)), { x: zeros });
      expectClose(y, output, 1e-5);
    }
  });
});

import { readFileSync } from 'node:fs';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import type { Layer, Tensor } from '../../src/index.ts';
import {
  activation,
  averagePool2d,
  batchNormalization,
  constant,
  conv2d,
  conv2dTranspose,
  defineModel,
  dense,
  embedding,
  flatten,
  globalAveragePooling2d,
  globalMaxPooling2d,
  layerNormalization,
  leakyReluLayer,
  maxPool2d,
  mul,
  reduceSum,
  reshapeTo,
  stateOf,
  tensor,
  traceProgram,
  upSampling2d,
  valueAndGradientWithAuxiliary,
  zeroPadding2d,
} from '../../src/index.ts';

/** An array of a golden file. */
export interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Arrays = Readonly<Record<string, Stored>>;

/** What Keras makes of a layer, see tools/goldens/core/layer_cases.py. */
export interface LayerCase {
  readonly name: string;
  readonly layer: keyof typeof makers;
  readonly arguments: readonly unknown[];
  readonly input: Stored;
  readonly variables: Arrays;
  readonly cotangent: Stored;
  readonly output: Stored;
  /** Missing where the input is integers. */
  readonly inputGradient?: Stored;
  readonly gradients: Arrays;
  readonly mode?: 'train' | 'infer';
  readonly state?: Arrays;
  readonly nextState?: Arrays;
}

const makers = {
  activation,
  averagePool2d,
  batchNormalization,
  conv2d,
  conv2dTranspose,
  dense,
  embedding,
  flatten,
  globalAveragePooling2d,
  globalMaxPooling2d,
  layerNormalization,
  leakyReluLayer,
  maxPool2d,
  reshapeTo,
  upSampling2d,
  zeroPadding2d,
};

/** Reads the cases of a golden file. */
export function readLayerCases(file: 'layers' | 'normalizations' | 'images'): readonly LayerCase[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}.json`, import.meta.url), 'utf8'))
    .cases;
}

/** A case as a program, its feeds, and what each output should be. */
export interface PreparedCase {
  readonly program: ProgramV1;
  readonly inputs: Readonly<Record<string, HostTensor>>;
  readonly expected: Arrays;
  /** Variables that the layer declares, in order. */
  readonly declared: readonly (readonly [name: string, shape: readonly number[]])[];
}

/** Makes the program of a case: value, next state, and gradients of the sum of output times cotangent. */
export function prepareCase(golden: LayerCase): PreparedCase {
  const make: (...values: never[]) => Layer = makers[golden.layer];
  const layer = make(...(golden.arguments as never[]));
  const { inputGradient, mode = 'infer' } = golden;
  const model = defineModel({
    name: 'layer',
    inputs: { x: tensor(inputGradient === undefined ? 'int32' : 'float32', golden.input.shape) },
    build: ({ x }) => ({ y: layer(x) }),
  });
  const name = model.layers[0]?.name ?? '';
  const types = { ...model.inputs, variables: stateOf(model) };
  const program = traceProgram('layer', types, ({ x, variables: { parameters, state } }) => {
    const loss = (p: typeof parameters, image: Tensor) => {
      const { outputs, state: next } = model.apply(
        { parameters: p, state },
        { x: image },
        { mode },
      );
      const value = reduceSum(mul(outputs.y, constant(single(golden.cotangent))));
      return { value, auxiliary: { y: outputs.y, next } };
    };
    if (inputGradient === undefined) {
      const run = valueAndGradientWithAuxiliary((p: typeof parameters) => loss(p, x))(parameters);
      return { ...run.auxiliary, gradients: run.gradients };
    }
    const run = valueAndGradientWithAuxiliary(
      (at: { readonly p: typeof parameters; readonly x: Tensor }) => loss(at.p, at.x),
    )({ p: parameters, x });
    return { ...run.auxiliary, gradients: run.gradients.p, x: run.gradients.x };
  });
  const own = (prefix: string, arrays: Arrays = {}) =>
    Object.entries(arrays).map(([key, value]) => [`${prefix}/${name}/${key}`, value] as const);
  const feeds = [
    ...own('variables/parameters', golden.variables),
    ...own('variables/state', golden.state),
  ];
  return {
    program,
    inputs: {
      x: inputGradient === undefined ? ids(golden.input) : single(golden.input),
      ...Object.fromEntries(feeds.map(([path, value]) => [path, single(value)])),
    },
    expected: {
      y: golden.output,
      ...(inputGradient === undefined ? {} : { x: inputGradient }),
      ...Object.fromEntries([
        ...own('gradients', golden.gradients),
        ...own('next', golden.nextState),
      ]),
    },
    declared: [...model.variables.parameters, ...model.variables.state].map(({ path, shape }) => [
      path.slice(name.length + 1),
      shape,
    ]),
  };
}

function single({ shape, data }: Stored): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}

function ids({ shape, data }: Stored): HostTensor {
  return { dtype: 'int32', shape, data: Int32Array.from(data) };
}

import type { ActivationName, BackendV1, HostTensor, Tensor } from '@etalon/core';
import {
  add,
  defineModel,
  defineProgram,
  dense,
  glorotUniform,
  heUniform,
  matmul,
  normal,
  randomKey,
  reduceSum,
  sequential,
  stateOf,
  tensor,
  valueAndGradient,
} from '@etalon/core';
import { run } from './curves.ts';

const width = 32;

function draw(seed: number, shape: readonly number[]): HostTensor {
  const data = normal({ standardDeviation: 1 }).sample(randomKey(seed), shape);
  return { dtype: 'float32', shape, data };
}

/** Two linear layers and the one that they are; returns how far they are apart, as a share of the largest number. */
export async function collapse(backend: BackendV1): Promise<number> {
  const shapes = { x: [8, 4], first: [4, 16], bias: [1, 16], second: [16, 3], offset: [1, 3] };
  const types = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, tensor('float32', shape)]),
  );
  const { program } = defineProgram(types, (inputs) => {
    const { x, first, bias, second, offset } = inputs as Readonly<
      Record<keyof typeof shapes, Tensor>
    >;
    return {
      two: add(matmul(add(matmul(x, first), bias), second), offset),
      one: add(matmul(x, matmul(first, second)), add(matmul(bias, second), offset)),
    };
  });
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], at) => [name, draw(at, shape)]),
  );
  const { two, one } = await run(backend, program, inputs);
  const numbers = [...((two?.data ?? []) as Float32Array)];
  const largest = Math.max(...numbers.map(Math.abs));
  return Math.max(...numbers.map((value, at) => Math.abs(value - (one?.data[at] ?? 0)))) / largest;
}

/**
 * Returns the length of the gradient of the first layer's weights as a share of that of the last hidden layer's, of a network with so
 * many hidden layers. Weights are He's for relu, and Glorot's else.
 */
export async function gradientShare(
  backend: BackendV1,
  activation: ActivationName,
  depth: number,
): Promise<number> {
  const kernelInitializer = activation === 'relu' ? heUniform() : glorotUniform();
  const layers = Array.from({ length: depth }, () =>
    dense(width, { activation, kernelInitializer }),
  );
  const network = sequential(...layers, dense(1));
  const model = defineModel({
    name: 'deep',
    inputs: { x: tensor('float32', ['batch', width]) },
    build: ({ x }) => ({ y: network(x) }),
  });
  const { program } = defineProgram(
    { parameters: stateOf(model).parameters, x: tensor('float32', [64, width]) },
    ({ parameters, x }) => {
      const { gradients } = valueAndGradient((given: typeof parameters) =>
        reduceSum(model.apply({ parameters: given, state: {} }, { x }).outputs.y),
      )(parameters);
      return gradients;
    },
  );
  const { parameters } = model.initialize(3);
  const given = Object.entries(parameters).map(([path, value]) => [`parameters/${path}`, value]);
  const gradients = await run(backend, program, {
    ...Object.fromEntries(given),
    x: draw(1, [64, width]),
  });
  const lengthOf = (layer: number): number =>
    Math.hypot(...((gradients[`dense_${layer}/kernel`]?.data ?? []) as Float32Array));
  return lengthOf(1) / lengthOf(depth);
}

import type { BackendV1, Optimizer, Tensor } from '@etalon/core';
import {
  adam,
  adamW,
  add,
  applyUpdates,
  defineProgram,
  initializeOptimizer,
  meanSquaredError,
  mul,
  optimizerState,
  rmsprop,
  sgd,
  tensor,
  valueAndGradient,
} from '@etalon/core';
import type { Line, Points } from './line.ts';

/** Optimizers that are compared, with learning rates that suit them. */
export const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ learningRate: 0.1 }),
  momentum: sgd({ learningRate: 0.03, momentum: 0.9 }),
  nesterov: sgd({ learningRate: 0.03, momentum: 0.9, nesterov: true }),
  rmsprop: rmsprop({ learningRate: 0.05 }),
  adam: adam({ learningRate: 0.1 }),
  adamW: adamW({ learningRate: 0.1, weightDecay: 0.01 }),
};

/** One step on the way down. */
export interface PathPoint extends Line {
  readonly loss: number;
}

/** Where every walk begins. */
export const start: Line = { slope: -1.5, bias: 2 };

type Weights = { readonly slope: Tensor; readonly bias: Tensor };

/** Walks down the surface for so many steps, and returns where it has been, from the start on. */
export async function descend(
  backend: BackendV1,
  optimizer: Optimizer,
  { x, y }: Points,
  steps: number,
): Promise<readonly PathPoint[]> {
  const weights = { slope: tensor('float32', []), bias: tensor('float32', []) };
  const count = x.data.length;
  const program = defineProgram(
    {
      state: { weights, optimizer: optimizerState(optimizer, weights) },
      data: { x: tensor('float32', [count]), y: tensor('float32', [count]) },
    },
    ({ state, data }) => {
      const { value, gradients } = valueAndGradient(({ slope, bias }: Weights) =>
        meanSquaredError(add(mul(data.x, slope), bias), data.y),
      )(state.weights);
      const next = applyUpdates(optimizer, {
        parameters: state.weights,
        gradients,
        state: state.optimizer,
      });
      return {
        state: { weights: next.parameters, optimizer: next.state },
        before: { ...state.weights, loss: value },
      };
    },
    { name: 'line' },
  );
  const first = { slope: scalar(start.slope), bias: scalar(start.bias) };
  const loop = await program.prepareLoop(backend, {
    state: { weights: first, optimizer: initializeOptimizer(optimizer, first) },
  });
  const path: PathPoint[] = [];
  for (let done = 0; done <= steps; done++) {
    const { before } = await loop.run({ data: { x, y } });
    path.push({
      slope: Number(before.slope.data[0]),
      bias: Number(before.bias.data[0]),
      loss: Number(before.loss.data[0]),
    });
  }
  loop.dispose();
  return path;
}

function scalar(value: number) {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) } as const;
}

import type { TensorType } from '@etalon/compiler';
import { flattenTree, formatType, isTensorType, mapTree, tensor } from '@etalon/compiler';
import type { DType, HostTensor, Shape } from '@etalon/spec';
import { DTypeError } from '@etalon/spec';
import { isHostTensor } from '../model/tensor-leaves.ts';
import type { Optimizer } from './optimizer.ts';

/**
 * What an optimizer keeps between updates of a tree of parameters: declarations, values or symbolic tensors.
 *
 * A type alias, so that it passes for a tree.
 */
export type OptimizerState<T, P> = {
  /** int32 scalar: number of updates done. */
  readonly step: T;
  /** By slot name, a float32 value for each parameter, nested as the parameters are. */
  readonly slots: Readonly<Record<string, P>>;
};

/**
 * Declares an optimizer's state, for the inputs of a program of your own.
 *
 * @param parameters - declarations of the parameters, nested as you like: `stateOf(model).parameters`.
 * @throws {DTypeError} `DTYPE_OPTIMIZER` when a parameter is not float32.
 * @throws {ProgramError} `TREE_LEAF` when it is no tree of declarations.
 *
 * @example
 * const inputs = { critic: stateOf(critic), adam: optimizerState(adam(), stateOf(critic).parameters) };
 */
export function optimizerState<P>(
  optimizer: Optimizer,
  parameters: P,
): OptimizerState<TensorType, P> {
  requireFloats(optimizer, flattenTree(parameters, isTensorType));
  return { step: tensor('int32', []), slots: slotsOf(optimizer, () => parameters) };
}

/**
 * Returns an optimizer's state before the first update: step 0, and zeros for each slot and parameter.
 *
 * @param parameters - first values of the parameters, nested as they were declared: `model.initialize(42).parameters`.
 * @throws {DTypeError} `DTYPE_OPTIMIZER` when a parameter is not float32.
 * @throws {ProgramError} `TREE_LEAF` when it is no tree of values.
 */
export function initializeOptimizer<P>(
  optimizer: Optimizer,
  parameters: P,
): OptimizerState<HostTensor, P> {
  requireFloats(optimizer, flattenTree(parameters, isHostTensor));
  const zeros = (): P => mapTree(parameters, isHostTensor, ({ shape }) => zerosOf(shape)) as P;
  return {
    step: { dtype: 'int32', shape: [], data: new Int32Array(1) },
    slots: slotsOf(optimizer, zeros),
  };
}

function slotsOf<P>(optimizer: Optimizer, values: () => P): Readonly<Record<string, P>> {
  return Object.fromEntries(optimizer.slots.map((slot) => [slot, values()]));
}

function zerosOf(shape: readonly number[]): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'float32', shape, data: new Float32Array(count) };
}

type Leaf = readonly [string, { readonly dtype: DType; readonly shape: Shape }];

function requireFloats({ name }: Optimizer, parameters: readonly Leaf[]): void {
  for (const [path, parameter] of parameters) {
    if (parameter.dtype === 'float32') continue;
    throw new DTypeError(
      'DTYPE_OPTIMIZER',
      `${name}: parameter "${path}" must be float32, got ${formatType(parameter)}.\nFix: keep what is not trained outside of the tree of parameters.`,
      { details: { operand: path } },
    );
  }
}

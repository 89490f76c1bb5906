import { innermostOf } from '../operators/emit.ts';
import { filled } from '../operators/indexing.ts';
import { identity } from '../operators/movement.ts';
import { withBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { isTensor } from '../tracing/tensor.ts';
import { flattenTree, mapTree } from '../tracing/tree.ts';
import { gradientsOf } from './gradients.ts';

/** A loss with whatever else the function computed on the way. */
export type ValueWithAuxiliary<A> = {
  readonly value: Tensor;
  readonly auxiliary: A;
};

/** A loss and its gradient, in the shape of the argument. */
export type ValueAndGradient<P> = {
  readonly value: Tensor;
  readonly gradients: P;
};

/**
 * Returns a function that computes the value of `loss` and its gradient with respect to the first argument: a
 * tensor or a tree of tensors. Only uses of the argument inside `loss` count. A leaf that does not influence
 * the loss has a gradient of zeros. JAX `value_and_grad`.
 *
 * @example
 * const { value, gradients } = valueAndGradient((w: Tensor) => reduceSum(mul(w, w)))(weights);
 *
 * @throws {GradientError} when the loss is not a float32 scalar, or a leaf is not float32.
 */
export function valueAndGradient<P, R extends readonly unknown[]>(
  loss: (parameters: P, ...rest: R) => Tensor,
): (parameters: P, ...rest: R) => ValueAndGradient<P> {
  const withAuxiliary = valueAndGradientWithAuxiliary<P, R, undefined>((parameters, ...rest) => ({
    value: loss(parameters, ...rest),
    auxiliary: undefined,
  }));
  return (parameters, ...rest) => {
    const { value, gradients } = withAuxiliary(parameters, ...rest);
    return { value, gradients };
  };
}

/**
 * The same for a function that also returns an auxiliary result: new state, metrics. JAX `value_and_grad` with
 * `has_aux`.
 */
export function valueAndGradientWithAuxiliary<P, R extends readonly unknown[], A>(
  loss: (parameters: P, ...rest: R) => ValueWithAuxiliary<A>,
): (parameters: P, ...rest: R) => ValueAndGradient<P> & { readonly auxiliary: A } {
  return (parameters, ...rest) => {
    const leaves = flattenTree(parameters, isTensor);
    const builder = innermostOf(
      'valueAndGradient',
      leaves.map(([, leaf]) => leaf),
    );
    return withBuilder(builder, () => {
      // Fresh values, so that other uses of the same tensors do not count.
      const fresh = new Map(leaves.map(([path, leaf]) => [path, identity(builder.adopt(leaf))]));
      const argument = mapTree(parameters, isTensor, (leaf, path) => fresh.get(path) ?? leaf) as P;
      const { value, auxiliary } = loss(argument, ...rest);
      const found = gradientsOf(value, [...fresh.values()]);
      const byPath = new Map([...fresh.keys()].map((path, index) => [path, found[index]]));
      const gradients = mapTree(
        parameters,
        isTensor,
        (leaf, path) => byPath.get(path) ?? filled(leaf, 0),
      ) as P;
      return { value, gradients, auxiliary };
    });
  };
}

/** Returns a function that computes only the gradient. JAX `grad`. */
export function gradient<P, R extends readonly unknown[]>(
  loss: (parameters: P, ...rest: R) => Tensor,
): (parameters: P, ...rest: R) => P {
  const both = valueAndGradient(loss);
  return (parameters, ...rest) => both(parameters, ...rest).gradients;
}

import type { Tensor } from '@etalon/compiler';
import { add, formatType, matmul, reshape } from '@etalon/compiler';
import { ShapeError } from '@etalon/spec';
import type { Initializer } from '../initializers/initializer.ts';
import { glorotUniform, zeros } from '../initializers/initializers.ts';
import type { Activation } from './activation.ts';
import { resolveActivation } from './activation.ts';
import { fixedSize } from './fixed-size.ts';
import type { Layer, LayerOptions, LayerScope } from './layer.ts';
import { requireCount } from './require-count.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of `dense`. */
export interface DenseOptions extends LayerOptions {
  /** Default `linear`. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default Glorot uniform. */
  readonly kernelInitializer?: Initializer;
  /** Default zeros. */
  readonly biasInitializer?: Initializer;
}

/**
 * Returns a fully connected layer, `activation(x · kernel + bias)`: `[…, features]` to `[…, units]`. Variables:
 * `kernel [features, units]`, `bias [units]`. Keras `Dense`.
 *
 * @throws {AttributeError} when `units` is no integer of at least 1, or there is no such activation.
 * @throws {ShapeError} (in the model) when the input is a scalar or its last size is not fixed.
 */
export function dense(units: number, options: DenseOptions = {}): Layer {
  const where = options.name ?? 'dense';
  requireCount(where, 'units', units);
  const activate = resolveActivation(where, options.activation ?? 'linear');
  return createTensorLayer('dense', options, (input, scope) =>
    activate(project(input, units, options, scope)),
  );
}

/** Returns `x · kernel + bias`, with variables of a layer's scope: `[…, features]` to `[…, units]`. */
export function project(
  input: Tensor,
  units: number,
  { kernelInitializer, biasInitializer, useBias }: Omit<DenseOptions, 'activation'>,
  scope: LayerScope,
): Tensor {
  if (input.shape.length < 1) {
    throw new ShapeError(
      'SHAPE_LAYER_RANK',
      `${scope.path}: the input must have rank 1 or more, got ${formatType(input)}.`,
    );
  }
  const features = fixedSize(scope.path, input, -1, 'number of features');
  const kernel = scope.parameter('kernel', [features, units], kernelInitializer ?? glorotUniform());
  // matmul wants matrices; a single example is one row
  const rows = input.shape.length === 1 ? reshape(input, [1, features]) : input;
  const output = reshape(matmul(rows, kernel), [...input.shape.slice(0, -1), units]);
  if (useBias === false) return output;
  const bias = scope.parameter('bias', [units], biasInitializer ?? zeros());
  return add(output, bias);
}

import type { Tensor } from '@etalon/compiler';
import { add, matmul } from '@etalon/compiler';
import { zeros } from '../../initializers/initializers.ts';
import { orthogonal } from '../../initializers/orthogonal.ts';
import { resolveActivation } from '../activation.ts';
import type { Layer } from '../layer.ts';
import type { RecurrentCell } from './cell.ts';
import type { RecurrentOptions } from './options.ts';
import type { RecurrentInputs, RecurrentResult } from './recurrent-layer.ts';
import { createRecurrentLayer } from './recurrent-layer.ts';

/** Names of the tensors in the state of `simpleRnn` and `gru`. */
export type HiddenState = 'hidden';

/**
 * Returns a fully connected recurrent layer, `h = activation(x·kernel + h·recurrentKernel + bias)`: `[batch, time, features]` to
 * `[batch, units]`, or to `[batch, time, units]` with `returnSequences`. Variables: `kernel [features, units]`,
 * `recurrentKernel [units, units]`, `bias [units]`. Keras `SimpleRNN`.
 *
 * It takes the sequence, or `{ input, mask, initialState }`; see {@link RecurrentInputs}.
 *
 * @throws {AttributeError} when `units` is no integer of at least 1, a share is outside [0, 1), or there is no such activation.
 * @throws {ShapeError} (in the model) when the input is no sequence of features of a fixed number.
 */
export function simpleRnn(
  units: number,
  options: RecurrentOptions & { readonly returnState: true },
): Layer<Tensor | RecurrentInputs<HiddenState>, RecurrentResult<HiddenState>>;
export function simpleRnn(
  units: number,
  options?: RecurrentOptions,
): Layer<Tensor | RecurrentInputs<HiddenState>>;
export function simpleRnn(
  units: number,
  options: RecurrentOptions = {},
): Layer<Tensor | RecurrentInputs<HiddenState>, Tensor | RecurrentResult<HiddenState>> {
  const activate = resolveActivation(options.name ?? 'simpleRnn', options.activation ?? 'tanh');
  const cell: RecurrentCell<HiddenState> = {
    kind: 'simpleRnn',
    states: ['hidden'],
    gates: 1,
    open: (scope) => {
      const { recurrentInitializer = orthogonal(), biasInitializer = zeros(), useBias } = options;
      const recurrentKernel = scope.parameter(
        'recurrentKernel',
        [units, units],
        recurrentInitializer,
      );
      return {
        inputBias:
          useBias === false ? undefined : scope.parameter('bias', [units], biasInitializer),
        step: ({ projected, hidden }) => ({
          hidden: activate(add(projected, matmul(hidden, recurrentKernel))),
        }),
      };
    },
  };
  return createRecurrentLayer(cell, units, options);
}

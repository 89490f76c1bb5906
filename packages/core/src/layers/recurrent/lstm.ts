import type { Tensor } from '@etalon/compiler';
import { add, matmul, mul } from '@etalon/compiler';
import type { Initializer } from '../../initializers/initializer.ts';
import { zeros } from '../../initializers/initializers.ts';
import { orthogonal } from '../../initializers/orthogonal.ts';
import { resolveActivation } from '../activation.ts';
import type { Layer } from '../layer.ts';
import type { RecurrentCell } from './cell.ts';
import { gatesOf } from './gates.ts';
import type { LstmOptions } from './options.ts';
import type { RecurrentInputs, RecurrentResult } from './recurrent-layer.ts';
import { createRecurrentLayer } from './recurrent-layer.ts';

/** Names of the tensors in the state of `lstm`. */
export type LstmState = 'hidden' | 'cell';

/**
 * Returns a layer of long short-term memory: `[batch, time, features]` to `[batch, units]`, or to `[batch, time, units]` with
 * `returnSequences`. With `σ` the recurrent activation and `z = x·kernel + h·recurrentKernel + bias` cut into `i, f, g, o`:
 * `c = σ(f)·c + σ(i)·activation(g)`, `h = σ(o)·activation(c)`. Variables: `kernel [features, 4·units]`,
 * `recurrentKernel [units, 4·units]`, `bias [4·units]`, gates in this order. Keras `LSTM`; Hochreiter and Schmidhuber 1997.
 *
 * It takes the sequence, or `{ input, mask, initialState }`; see {@link RecurrentInputs}.
 *
 * @throws {AttributeError} when `units` is no integer of at least 1, a share is outside [0, 1), or there is no such activation.
 * @throws {ShapeError} (in the model) when the input is no sequence of features of a fixed number.
 */
export function lstm(
  units: number,
  options: LstmOptions & { readonly returnState: true },
): Layer<Tensor | RecurrentInputs<LstmState>, RecurrentResult<LstmState>>;
export function lstm(
  units: number,
  options?: LstmOptions,
): Layer<Tensor | RecurrentInputs<LstmState>>;
export function lstm(
  units: number,
  options: LstmOptions = {},
): Layer<Tensor | RecurrentInputs<LstmState>, Tensor | RecurrentResult<LstmState>> {
  const where = options.name ?? 'lstm';
  const activate = resolveActivation(where, options.activation ?? 'tanh');
  const gate = resolveActivation(where, options.recurrentActivation ?? 'sigmoid');
  const cell: RecurrentCell<LstmState> = {
    kind: 'lstm',
    states: ['hidden', 'cell'],
    gates: 4,
    open: (scope) => {
      const { recurrentInitializer = orthogonal(), useBias } = options;
      const width = 4 * units;
      const recurrentKernel = scope.parameter(
        'recurrentKernel',
        [units, width],
        recurrentInitializer,
      );
      return {
        inputBias:
          useBias === false ? undefined : scope.parameter('bias', [width], biasOf(options, units)),
        step: ({ projected, hidden, state }) => {
          const z = add(projected, matmul(hidden, recurrentKernel));
          const [i, f, g, o] = gatesOf(z, 4, units) as [Tensor, Tensor, Tensor, Tensor];
          const next = add(mul(gate(f), state.cell), mul(gate(i), activate(g)));
          return { hidden: mul(gate(o), activate(next)), cell: next };
        },
      };
    },
  };
  return createRecurrentLayer(cell, units, options);
}

function biasOf(options: LstmOptions, units: number): Initializer {
  const { biasInitializer = zeros(), unitForgetBias = true } = options;
  if (!unitForgetBias) return biasInitializer;
  return {
    name: biasInitializer.name,
    sample: (key, shape) => biasInitializer.sample(key, shape).fill(1, units, 2 * units),
  };
}

import type { Tensor } from '@etalon/compiler';
import { add, concat, matmul, mul, reshape, slice, sub } from '@etalon/compiler';
import { zeros } from '../../initializers/initializers.ts';
import { orthogonal } from '../../initializers/orthogonal.ts';
import { resolveActivation } from '../activation.ts';
import type { Layer } from '../layer.ts';
import type { CellStep, RecurrentCell } from './cell.ts';
import { gatesOf } from './gates.ts';
import type { GruOptions } from './options.ts';
import type { RecurrentInputs, RecurrentResult } from './recurrent-layer.ts';
import { createRecurrentLayer } from './recurrent-layer.ts';
import type { HiddenState } from './simple-rnn.ts';

type Gates = [Tensor, Tensor, Tensor];

/**
 * Returns a layer of gated recurrent units: `[batch, time, features]` to `[batch, units]`, or to `[batch, time, units]` with
 * `returnSequences`. With `σ` the recurrent activation, `x·kernel + bias₀` cut into `xz, xr, xh` and `h·recurrentKernel + bias₁` into
 * `hz, hr, hh`: `z = σ(xz + hz)`, `r = σ(xr + hr)`, `h = z·h + (1 - z)·activation(xh + r·hh)`. Without `resetAfter` the candidate is
 * `activation(xh + (r·h)·recurrentKernelₕ)`, and there is no `bias₁`. Variables: `kernel [features, 3·units]`,
 * `recurrentKernel [units, 3·units]`, `bias [2, 3·units]` or `[3·units]`, gates in this order. Keras `GRU`; Cho et al. 2014.
 *
 * It takes the sequence, or `{ input, mask, initialState }`; see {@link RecurrentInputs}.
 *
 * @throws {AttributeError} when `units` is no integer of at least 1, a share is outside [0, 1), or there is no such activation.
 * @throws {ShapeError} (in the model) when the input is no sequence of features of a fixed number.
 */
export function gru(
  units: number,
  options: GruOptions & { readonly returnState: true },
): Layer<Tensor | RecurrentInputs<HiddenState>, RecurrentResult<HiddenState>>;
export function gru(
  units: number,
  options?: GruOptions,
): Layer<Tensor | RecurrentInputs<HiddenState>>;
export function gru(
  units: number,
  options: GruOptions = {},
): Layer<Tensor | RecurrentInputs<HiddenState>, Tensor | RecurrentResult<HiddenState>> {
  const where = options.name ?? 'gru';
  const activate = resolveActivation(where, options.activation ?? 'tanh');
  const gate = resolveActivation(where, options.recurrentActivation ?? 'sigmoid');
  const { resetAfter = true } = options;
  const width = 3 * units;
  const cell: RecurrentCell<HiddenState> = {
    kind: 'gru',
    states: ['hidden'],
    gates: 3,
    open: (scope) => {
      const { recurrentInitializer = orthogonal(), biasInitializer = zeros(), useBias } = options;
      const kernel = scope.parameter('recurrentKernel', [units, width], recurrentInitializer);
      const shape = resetAfter ? [2, width] : [width];
      const bias = useBias === false ? undefined : scope.parameter('bias', shape, biasInitializer);
      const [inputBias, recurrentBias] = biasesOf(bias, width);
      const after = ({ projected, hidden, state }: CellStep<HiddenState>): Tensor => {
        const product = matmul(hidden, kernel);
        const recurrent = recurrentBias === undefined ? product : add(product, recurrentBias);
        const [xz, xr, xh] = gatesOf(projected, 3, units) as Gates;
        const [hz, hr, hh] = gatesOf(recurrent, 3, units) as Gates;
        const candidate = activate(add(xh, mul(gate(add(xr, hr)), hh)));
        return mixed(gate(add(xz, hz)), state.hidden, candidate);
      };
      const before = ({ projected, hidden, state }: CellStep<HiddenState>): Tensor => {
        const [kz, kr, kh] = gatesOf(kernel, 3, units) as Gates;
        const [xz, xr, xh] = gatesOf(projected, 3, units) as Gates;
        const products = matmul(hidden, concat([kz, kr], { axis: 1 }));
        const [hz, hr] = gatesOf(products, 2, units) as [Tensor, Tensor];
        const reset = mul(gate(add(xr, hr)), hidden);
        return mixed(gate(add(xz, hz)), state.hidden, activate(add(xh, matmul(reset, kh))));
      };
      const next = resetAfter ? after : before;
      return { inputBias, step: (step) => ({ hidden: next(step) }) };
    },
  };
  return createRecurrentLayer(cell, units, options);
}

function mixed(z: Tensor, state: Tensor, candidate: Tensor): Tensor {
  return add(mul(z, state), mul(sub(1, z), candidate));
}

function biasesOf(
  bias: Tensor | undefined,
  width: number,
): readonly [Tensor | undefined, Tensor | undefined] {
  if (bias === undefined || bias.shape.length === 1) return [bias, undefined];
  const row = (at: number): Tensor =>
    reshape(slice(bias, { starts: [at, 0], sizes: [1, width] }), [width]);
  return [row(0), row(1)];
}

import type { Tensor } from '@etalon/compiler';
import {
  add,
  filled,
  matmul,
  mul,
  scan,
  sigmoid,
  slice,
  sub,
  tanh,
  transpose,
} from '@etalon/compiler';
import type { Tensors } from '../cases/case.ts';
import { linear, part } from './parameters.ts';

/** Cuts a product `[batch, names · units]` into its gates. */
function gatesOf<const N extends string>(
  product: Tensor,
  units: number,
  names: readonly N[],
): { readonly [K in N]: Tensor } {
  const batch = product.shape[0] ?? 1;
  const gates = names.map((name, at) => [
    name,
    slice(product, { starts: [0, at * units], sizes: [batch, units] }),
  ]);
  return Object.fromEntries(gates) as { readonly [K in N]: Tensor };
}

function zeroState(x: Tensor, units: number): Tensor {
  return filled({ dtype: 'float32', shape: [x.shape[1] ?? 1, units] }, 0);
}

/** All hidden states of long short-term memory with Keras' gate order, time first; read from the last step back. */
function lstm(parameters: Tensors, x: Tensor, units: number): Tensor {
  const kernel = part(parameters, 'lstm_1/recurrentKernel');
  const start = { hidden: zeroState(x, units), cell: zeroState(x, units) };
  const { stacked } = scan(
    (state: typeof start, projected: Tensor) => {
      const sums = add(projected, matmul(state.hidden, kernel));
      const { i, f, g, o } = gatesOf(sums, units, ['i', 'f', 'g', 'o']);
      const cell = add(mul(sigmoid(f), state.cell), mul(sigmoid(i), tanh(g)));
      const hidden = mul(sigmoid(o), tanh(cell));
      return { carried: { hidden, cell }, stacked: hidden };
    },
    { carried: start, stacked: linear(parameters, 'lstm_1', x), reverse: true },
  );
  return stacked;
}

/** The last hidden state of gated recurrent units with Keras' gate order, reset after the product. */
function gru(parameters: Tensors, x: Tensor, units: number): Tensor {
  const kernel = part(parameters, 'gru_1/recurrentKernel');
  const bias = part(parameters, 'gru_1/recurrentBias');
  const { carried } = scan(
    (hidden: Tensor, projected: Tensor) => {
      const input = gatesOf(projected, units, ['z', 'r', 'h']);
      const recurrent = gatesOf(add(matmul(hidden, kernel), bias), units, ['z', 'r', 'h']);
      const z = sigmoid(add(input.z, recurrent.z));
      const r = sigmoid(add(input.r, recurrent.r));
      const candidate = tanh(add(input.h, mul(r, recurrent.h)));
      return { carried: add(mul(z, hidden), mul(sub(1, z), candidate)), stacked: {} };
    },
    { carried: zeroState(x, units), stacked: linear(parameters, 'gru_1', x) },
  );
  return carried;
}

/** Logits of sequences `[batch, time, features]`: an LSTM from the end to the start, then a GRU from the start to the end. */
export function recurrent(parameters: Tensors, x: Tensor): Tensor {
  const states = lstm(parameters, transpose(x, [1, 0, 2]), 5);
  return linear(parameters, 'dense_1', gru(parameters, states, 4));
}

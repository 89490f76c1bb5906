import type { Tensor } from '@etalon/compiler';
import type { LayerScope } from '../layer.ts';

/** State of a recurrent layer by name: `[batch, units]` each. */
export type RecurrentState<S extends string> = { readonly [K in S]: Tensor };

/** What one step of a cell computes from. */
export interface CellStep<S extends string> {
  /** The step's input times the kernel, with its bias: `[batch, gates · units]`. */
  readonly projected: Tensor;
  readonly state: RecurrentState<S>;
  /** The hidden state as it enters products: with recurrent dropout, masked. */
  readonly hidden: Tensor;
}

/** One kind of recurrent layer: how a state follows from the one before. */
export interface RecurrentCell<S extends string> {
  /** `lstm`, … */
  readonly kind: string;
  /** Names of the tensors of the state; the first one is the output. */
  readonly states: readonly [S, ...S[]];
  /** Columns of the kernel for each unit. */
  readonly gates: number;
  /** Asks for the variables and returns what computes with them. */
  open(scope: LayerScope): OpenCell<S>;
}

/** A cell with its variables. */
export interface OpenCell<S extends string> {
  /** Bias of the projected input: `[gates · units]`, where there is one. */
  readonly inputBias: Tensor | undefined;
  step(input: CellStep<S>): RecurrentState<S>;
}

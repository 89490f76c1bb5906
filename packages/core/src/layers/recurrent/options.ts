import type { Initializer } from '../../initializers/initializer.ts';
import type { Activation } from '../activation.ts';
import type { LayerOptions } from '../layer.ts';

/** What all recurrent layers can be told. */
export interface RecurrentOptions extends LayerOptions {
  /** Of what a step adds to the state; default `tanh`. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default Glorot uniform. */
  readonly kernelInitializer?: Initializer;
  /** Default orthogonal. */
  readonly recurrentInitializer?: Initializer;
  /** Default zeros. */
  readonly biasInitializer?: Initializer;
  /** Share of the input's features that training sets to 0, the same ones in all steps; default 0. */
  readonly dropout?: number;
  /** Share of the hidden state's elements that training sets to 0 where it enters products, the same in all steps; default 0. */
  readonly recurrentDropout?: number;
  /** Returns the output of each step, `[batch, time, units]`, instead of the last one, `[batch, units]`; default false. */
  readonly returnSequences?: boolean;
  /** `reverse` begins with the last step. Results of steps keep their places in time, as in ONNX. Default `forward`. */
  readonly direction?: 'forward' | 'reverse';
  /** Whether training computes steps again instead of keeping what their gradients need; default false. */
  readonly checkpoint?: boolean;
}

/** What layers with gates can be told. */
export interface GatedOptions extends RecurrentOptions {
  /** Of the gates; default `sigmoid`. */
  readonly recurrentActivation?: Activation;
}

/** What `lstm` can be told. */
export interface LstmOptions extends GatedOptions {
  /** Whether the forget gate's bias begins as 1 instead of what the initializer says; default true (Jozefowicz et al. 2015). */
  readonly unitForgetBias?: boolean;
}

/** What `gru` can be told. */
export interface GruOptions extends GatedOptions {
  /** Whether the reset gate is applied after the product with the recurrent kernel, which then has a bias of its own; default true. */
  readonly resetAfter?: boolean;
}

import type { RandomKey, Tensor, TensorsOf, TensorType } from '@etalon/compiler';
import type { HostTensor, ProgramV1, ValueType } from '@etalon/spec';
import type { LayerUse, Mode } from './build-context.ts';
import type { VariableDeclarations, Variables } from './variables.ts';

/** Inputs of a model by name. */
export type InputTypes = Readonly<Record<string, TensorType>>;

/** Outputs of a model by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Choices of one application of a model. */
export interface ApplyOptions {
  /** Whether layers such as dropout are active; default `infer`. */
  readonly mode?: Mode;
}

/** What one application of a model returns. */
export interface Applied<O extends NamedTensors> {
  readonly outputs: O;
  /** State after the application: in `train` mode with the layers' updates. */
  readonly state: Readonly<Record<string, Tensor>>;
}

/** A network, defined once: it has a structure and names, but no values. */
export interface Model<I extends InputTypes, O extends NamedTensors> {
  readonly name: string;
  readonly inputs: I;
  /** Types of the outputs. */
  readonly outputs: { readonly [K in keyof O]: ValueType };
  readonly variables: VariableDeclarations;
  /** Uses of layers in inference, in order; a layer comes before those it calls. */
  readonly layers: readonly LayerUse[];
  /**
   * Applies the model inside a program that is being traced: the way to use it in your own training step.
   *
   * @throws {DataError} when a variable or an input is missing.
   * @throws {ShapeError} when a variable or an input has another shape.
   * @throws {DTypeError} when an input has another dtype.
   */
  apply(variables: Variables<Tensor>, inputs: TensorsOf<I>, options?: ApplyOptions): Applied<O>;
  /**
   * Makes first values for all variables. Equal seeds give equal bits.
   *
   * @throws {AttributeError} when the seed is not an integer.
   */
  initialize(seed: number | RandomKey): Variables<HostTensor>;
  /**
   * Returns the inference program; variables are inputs named `parameters/…` and `state/…`.
   */
  program(): ProgramV1;
  /**
   * Returns the inference program with variables as constants.
   *
   * @throws {DataError} when a variable is missing or unknown.
   * @throws {ShapeError} when a variable has another shape.
   * @throws {DTypeError} when a variable is not float32.
   */
  freeze(variables: Variables<HostTensor>): ProgramV1;
  /**
   * Returns the inference program for inputs that come step by step: what recurrent layers carry from one step to the next goes in and
   * comes out. A call takes any number of steps, one or more, and calls in a row give what one call of the whole sequence gives.
   *
   * @throws {ProgramError} `STREAM_NONE` when no layer carries anything, `STREAM_REVERSE` when one reads backwards,
   * `STREAM_SHARED_LAYER` when one that carries is used twice.
   * @throws {EtalonError} as {@link Model.freeze} does.
   */
  streaming(variables: Variables<HostTensor>): StreamingProgram;
}

/** A program that is called step by step. */
export interface StreamingProgram {
  /** Inputs and outputs of the model, and beside them, under the same names, what is carried. */
  readonly program: ProgramV1;
  /** Types of what is carried, by the names of input and output: `carried/lstm_1/hidden`. Zeros go into the first call. */
  readonly carried: Readonly<Record<string, ValueType>>;
}

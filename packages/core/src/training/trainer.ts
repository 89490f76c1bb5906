import type { Tensor, TensorsOf } from '@etalon/compiler';
import type { AbortSignalLike, BackendV1, HostTensor } from '@etalon/spec';
import type { Metric } from '../metrics/metric.ts';
import type { InputTypes, Model, NamedTensors } from '../model/model.ts';
import type { Variables } from '../model/variables.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { ExampleBatch, Examples } from './dataset.ts';
import type { EarlyStopping } from './early-stopping.ts';
import type { Callbacks, History } from './events.ts';
import type { TargetTypes } from './one-step.ts';
import type { Logs } from './running-means.ts';

/** Metrics by the name that results carry. */
export type Metrics = Readonly<Record<string, Metric>>;

/** What `createTrainer` needs besides the model. */
export interface TrainerOptions<O extends NamedTensors, T extends TargetTypes, M extends Metrics> {
  readonly backend: BackendV1;
  /** Selects first values, shuffles and dropout masks; default 0. */
  readonly seed?: number;
  /**
   * Types of the targets. By default each field of the examples that is not an input of the model is one; declared, a
   * misspelt target is a compile error and the loss is checked at once.
   */
  readonly targets?: T;
  /** Returns a float32 scalar, the mean over the batch. */
  readonly loss: (outputs: O, targets: TensorsOf<T>) => Tensor;
  readonly optimizer: Optimizer;
  /**
   * Tells of each parameter by its path (`conv2d_1/kernel`) whether it is trained; default all. The others keep their bits and cost
   * nothing: for fine-tuning. State such as moving averages is carried on. Keras `layer.trainable`.
   */
  readonly trainable?: (path: string) => boolean;
  /** Changes gradients before the optimizer gets them: `(g) => clipByGlobalNorm(g, 1)`. Returns as many of the same shapes. */
  readonly transformGradients?: (
    gradients: Readonly<Record<string, Tensor>>,
  ) => Readonly<Record<string, Tensor>>;
  readonly metrics?: M;
  /** First values; default `model.initialize(seed)`. */
  readonly variables?: Variables<HostTensor>;
}

/** Choices of one `fit`. */
export interface FitOptions<M extends string> extends Callbacks<M> {
  /** Passes over the examples. */
  readonly epochs: number;
  /** Default 32. Not used for streams, which come in batches. */
  readonly batchSize?: number;
  /** Whether examples are shuffled anew for each epoch; default true. Streams are never. */
  readonly shuffle?: boolean;
  /** Examples to evaluate after each epoch. */
  readonly validation?: Examples;
  /**
   * Training steps in one call of the backend, in a loop of the engine's; progress, abort and the check for NaN come
   * between calls, and a stream is read ahead by as many batches. The result does not depend on it. Default `auto`: as
   * many as take about a quarter of a second where the engine loops faster than it is called (`loopPolicy` in the
   * backend's manifest), else 1.
   */
  readonly stepsPerCall?: number | 'auto';
  /** Ends training when a result no longer improves; default never. */
  readonly earlyStopping?: EarlyStopping<M>;
  /** Ends the run between two calls of the backend. */
  readonly signal?: AbortSignalLike;
}

/** Choices of `evaluate` and `predict`. */
export interface BatchOptions {
  /** Default 256. Does not change the result but for rounding. Not used for streams, which come in batches. */
  readonly batchSize?: number;
  /** Ends the run between two batches. */
  readonly signal?: AbortSignalLike;
}

/** Trains one model on one backend, and keeps its variables. */
export interface Trainer<I extends InputTypes, O extends NamedTensors, M extends string> {
  readonly model: Model<I, O>;
  /**
   * Variables after the last `fit`, `restore` or `synchronize`. While `fit` runs they are those from before.
   */
  readonly variables: Variables<HostTensor>;
  /** Steps done. */
  readonly iteration: number;
  /**
   * Trains. After an interruption (abort, error, restored checkpoint) the next call goes on where it was, up to its
   * `epochs`, if it is given the same examples, batch size and order.
   *
   * @throws {TrainingError} (rejects) `TRAINING_NOT_FINITE` when the loss is NaN or infinite: the trainer is back at the
   * beginning of the epoch, or where this call began in it; `TRAINING_ABORTED` when the signal ends the run;
   * `TRAINING_BUSY` when a run is under way.
   * @throws {AttributeError} (rejects) when an option is out of range.
   * @throws {DataError} (rejects) when it is given no examples, a field is missing, or a label is out of range.
   * @throws {DTypeError} (rejects) when a field has another dtype.
   * @throws {ShapeError} (rejects) when a field has another shape.
   * @throws {BackendError} (rejects) when the engine fails. If the state went with it, the trainer is back as after a
   * loss that is not finite.
   * @throws {DisposedError} (rejects) after `dispose`.
   */
  fit(examples: Examples, options: FitOptions<M>): Promise<History<M>>;
  /**
   * Returns the mean loss and metrics over examples, with dropout off. May be called while `fit` runs, whose next step
   * then waits. Errors as for {@link Trainer.fit}.
   */
  evaluate(examples: Examples, options?: BatchOptions): Promise<Logs<M>>;
  /**
   * Returns the model's outputs for tensors, or for all examples in their order. Fields that are no inputs of the model
   * are passed over. May be called while `fit` runs, as {@link Trainer.evaluate}.
   *
   * @throws {ShapeError} (rejects) when outputs of batches cannot be joined: one has no axis of examples.
   */
  predict(
    inputs: ExampleBatch | Examples,
    options?: BatchOptions,
  ): Promise<{ readonly [K in keyof O]: HostTensor }>;
  /** Brings `variables` up to date, also while `fit` runs. */
  synchronize(): Promise<Variables<HostTensor>>;
  /** Returns variables, optimizer state and position as the bytes of a safetensors file, also while `fit` runs. */
  checkpoint(): Promise<Uint8Array>;
  /**
   * Goes to where a checkpoint was made. Training on gives the same bits, on the same backend with the same number of
   * threads.
   *
   * @throws {SerializationError} (rejects) `CHECKPOINT_CORRUPT`, `CHECKPOINT_FORMAT` or `CHECKPOINT_MISMATCH` when the bytes
   * are damaged, no checkpoint, or one of another model, optimizer or seed; the trainer is as it was.
   * @throws {TrainingError} (rejects) `TRAINING_BUSY` while `fit` runs.
   */
  restore(checkpoint: Uint8Array): Promise<void>;
  /** Frees what the backend holds, when what runs has ended. Idempotent; the backend itself stays. */
  dispose(): void;
}

import type { RandomKey, TensorsOf } from '@etalon/compiler';
import { randomKey } from '@etalon/compiler';
import type { AbortSignalLike, HostTensor } from '@etalon/spec';
import type { InputTypes, Model, NamedTensors } from '../model/model.ts';
import type { Variables } from '../model/variables.ts';
import { requireVariables } from '../model/variables.ts';
import type { PlacedBatch } from './batches.ts';
import {
  fitOptions,
  requireCounts,
  requireKnownOptions,
  requireMetricNames,
  trainedPaths,
  trainerOptions,
} from './check-options.ts';
import type { TrainingIdentity, TrainingPosition } from './checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint, requireSameTraining } from './checkpoint.ts';
import type { ExampleBatch, Examples } from './dataset.ts';
import { requireExamples } from './dataset.ts';
import { stoppingOf } from './early-stopping.ts';
import { evaluateBatches } from './evaluate.ts';
import type { History } from './events.ts';
import type { FitHost } from './fit.ts';
import { runEpochs } from './fit.ts';
import { GuardedState } from './guarded-state.ts';
import type { LiveState } from './live-state.ts';
import type { TargetTypes, TrainingTask } from './one-step.ts';
import { Pace } from './pace.ts';
import { predictBatches } from './predict.ts';
import { TrainerPrograms } from './programs.ts';
import type { DataProgram } from './run-on-data.ts';
import { readReport } from './run-on-data.ts';
import type { Logs, MeanSums, Reported } from './running-means.ts';
import { emptySums, meansOf, reportedMetrics } from './running-means.ts';
import { firstState, variablesOf } from './state-names.ts';
import { canLoop } from './step-program.ts';
import type { StepRunner } from './step-runner.ts';
import { loopedSteps, singleSteps } from './step-runner.ts';
import { fieldNames, requireFields, targetsOf } from './task.ts';
import type { BatchOptions, FitOptions, Metrics, Trainer, TrainerOptions } from './trainer.ts';
import { cannotLoop, disposedTrainer } from './trainer-errors.ts';

/**
 * Makes a trainer: the model's first variables, and the programs that train, evaluate and predict on a backend.
 *
 * @throws {AttributeError} (rejects) when the seed is not an integer, or a metric is named `loss`.
 * @throws {DataError} (rejects) when first variables are missing or unknown.
 * @throws {GradientError} (rejects) when targets are declared and the loss is not a float32 scalar.
 * @throws {UnsupportedOperatorError} (rejects) when targets are declared and the backend cannot run the training step.
 *
 * @example
 * const trainer = await createTrainer(digits, {
 *   backend,
 *   seed: 42,
 *   targets: { label: tensor('int32', ['batch']) },
 *   loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
 *   optimizer: adam({ learningRate: 1e-3 }),
 *   metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
 * });
 */
export async function createTrainer<
  I extends InputTypes,
  O extends NamedTensors,
  T extends TargetTypes = TargetTypes,
  const M extends Metrics = Record<never, never>,
>(
  model: Model<I, O>,
  options: TrainerOptions<O, T, M>,
): Promise<Trainer<I, O, Extract<keyof M, string>>> {
  const trainer = new ModelTrainer<I, O, Extract<keyof M, string>>(model, {
    ...options,
    // The loss is written for the declared targets; examples are checked against them before it sees any.
    loss: (outputs, targets) => options.loss(outputs, targets as TensorsOf<T>),
  });
  if (options.targets !== undefined) await trainer.compile(options.targets);
  return trainer;
}

type PlainOptions<O extends NamedTensors> = TrainerOptions<O, TargetTypes, Metrics>;

class ModelTrainer<I extends InputTypes, O extends NamedTensors, M extends string>
  implements Trainer<I, O, M>
{
  readonly model: Model<I, O>;
  readonly #options: PlainOptions<O>;
  readonly #identity: TrainingIdentity;
  readonly #key: RandomKey;
  readonly #metrics: readonly Reported<M>[];
  readonly #programs: TrainerPrograms<I, O>;
  readonly #isTrained: (path: string) => boolean;
  readonly #state: GuardedState;
  #variables: Variables<HostTensor>;
  #position: TrainingPosition;
  /** The best state that an unfinished `fit` has seen. */
  #best: Tensors | undefined;

  constructor(model: Model<I, O>, options: PlainOptions<O>) {
    const { backend, optimizer, seed = 0, metrics = {}, variables } = options;
    this.model = model;
    this.#options = options;
    this.#metrics = reportedMetrics(metrics);
    requireKnownOptions(`trainer of "${model.name}"`, options, trainerOptions);
    requireMetricNames(`trainer of "${model.name}"`, Object.keys(metrics));
    this.#identity = {
      model: model.name,
      optimizer: optimizer.name,
      seed,
      metrics: Object.keys(metrics),
    };
    this.#key = randomKey(seed);
    this.#programs = new TrainerPrograms(backend, model);
    this.#variables = variables ?? model.initialize(seed);
    requireVariables(model.name, model.variables, this.#variables);
    const where = `trainer of "${model.name}"`;
    this.#isTrained = trainedPaths(where, model.variables.parameters, options.trainable);
    this.#state = new GuardedState(
      { where, disposed: (called) => disposedTrainer(where, called) },
      firstState(this.#variables, optimizer, this.#isTrained),
    );
    this.#position = { iteration: 0, epochsDone: 0, epoch: 0, batch: 0, sums: this.#noSums() };
  }

  get variables(): Variables<HostTensor> {
    return this.#variables;
  }

  get iteration(): number {
    return this.#position.iteration;
  }

  /** Builds the training step now, so that mistakes in the loss are found before data is. */
  async compile(targets: TargetTypes): Promise<void> {
    const task = this.#taskFor(targets);
    await (this.#loops(task, 'auto') ? this.#programs.loop(task) : this.#programs.step(task));
  }

  async fit(examples: Examples, options: FitOptions<M>): Promise<History<M>> {
    return this.#state.alone('fit', async () => {
      const where = `fit of "${this.model.name}"`;
      requireKnownOptions(where, options, fitOptions);
      const { epochs, batchSize = 32, shuffle = true, validation, signal } = options;
      const { stepsPerCall = 'auto' } = options;
      requireCounts(where, { epochs, batchSize });
      if (stepsPerCall !== 'auto') requireCounts(where, { stepsPerCall });
      const task = this.#taskOf(where, examples);
      // Found now, not after the first epoch.
      if (validation !== undefined) this.#taskOf(`${where} › validation`, validation);
      const runner = await this.#runnerFor(where, task, examples, { batchSize, stepsPerCall });
      const fixed = stepsPerCall === 'auto' ? undefined : stepsPerCall;
      const pace = new Pace({ fixed, limit: runner.limit });
      const stopping = stoppingOf(where, options, this.#metrics, this.#position.stopping);
      // What an interrupted run kept is of use to its continuation alone.
      if (stopping?.progress.bestEpoch === undefined) this.#best = undefined;
      const plan = { ...options, batchSize, shuffle, validation, pace, signal, stopping };
      const host = this.#fitHost(where, runner, signal);
      const results = await this.#synchronized(host, () => runEpochs(host, examples, plan)).finally(
        () => runner.dispose(),
      );
      const { iteration, epochsDone } = this.#position;
      this.#position = { iteration, epochsDone, epoch: 0, batch: 0, sums: this.#noSums() };
      this.#best = undefined;
      return { epochs: results, ...stopping?.outcome() };
    });
  }

  async evaluate(examples: Examples, options: BatchOptions = {}): Promise<Logs<M>> {
    return this.#evaluate(`evaluate of "${this.model.name}"`, examples, options);
  }

  async predict(
    inputs: ExampleBatch | Examples,
    options: BatchOptions = {},
  ): Promise<{ readonly [K in keyof O]: HostTensor }> {
    const where = `predict of "${this.model.name}"`;
    const { batchSize = 256, signal } = options;
    requireCounts(where, { batchSize });
    const outputs = await this.#state.reading('predict', async (state) => {
      const program = await this.#programs.prediction();
      const variables = state.only('parameters', 'state');
      return predictBatches(where, this.model, program, variables, inputs, { batchSize, signal });
    });
    return outputs as { readonly [K in keyof O]: HostTensor };
  }

  async synchronize(): Promise<Variables<HostTensor>> {
    this.#variables = variablesOf(
      await this.#state.reading('synchronize', (state) => state.read()),
    );
    return this.#variables;
  }

  async checkpoint(): Promise<Uint8Array> {
    return this.#state.writing('checkpoint', async (state) => {
      const tensors = await state.read();
      // Going on from what is written, not from what the device holds, makes the run that goes on and the one that is
      // restored the same, also on a backend that computes in a wider type.
      state.set(tensors);
      const best = this.#best;
      return encodeCheckpoint({ ...this.#identity, position: this.#position, tensors, best });
    });
  }

  async restore(bytes: Uint8Array): Promise<void> {
    return this.#state.alone('restore', () =>
      this.#state.writing('restore', (state) => {
        const checkpoint = decodeCheckpoint(bytes);
        const expected = firstState(this.#variables, this.#options.optimizer, this.#isTrained);
        this.#position = requireSameTraining(checkpoint, this.#identity, expected);
        this.#variables = variablesOf(checkpoint.tensors);
        this.#best = checkpoint.best;
        state.set(checkpoint.tensors);
      }),
    );
  }

  dispose(): void {
    this.#state.dispose(() => this.#programs.dispose());
  }

  /** Whether steps run in a loop of the engine's. */
  #loops(task: TrainingTask<I, O>, stepsPerCall: number | 'auto'): boolean {
    if (stepsPerCall !== 'auto') return stepsPerCall > 1;
    const { loopPolicy, operators } = this.#options.backend.manifest;
    const { scan, gather } = operators;
    return loopPolicy === 'inside' && scan !== undefined && gather !== undefined && canLoop(task);
  }

  async #runnerFor(
    where: string,
    task: TrainingTask<I, O>,
    examples: Examples,
    { batchSize, stepsPerCall }: Required<Pick<FitOptions<M>, 'batchSize' | 'stepsPerCall'>>,
  ): Promise<StepRunner> {
    const fields = fieldNames(task);
    if (!this.#loops(task, stepsPerCall)) {
      const prepared = await this.#programs.step(task);
      return singleSteps({ where, prepared, place: 'batch', fields }, examples);
    }
    if (!canLoop(task)) throw cannotLoop(where, stepsPerCall);
    const prepared = await this.#programs.loop(task);
    const { manifest } = this.#options.backend;
    return loopedSteps({ where, prepared, place: 'data', fields }, examples, batchSize, manifest);
  }

  #fitHost(where: string, runner: StepRunner, signal: AbortSignalLike | undefined): FitHost<M> {
    const trainer = this;
    let remembered: { readonly tensors: Tensors; readonly position: TrainingPosition } | undefined;
    return {
      where,
      metrics: this.#metrics,
      key: this.#key,
      get position() {
        return trainer.#position;
      },
      advance: (position) => {
        this.#position = position;
      },
      train: (batches) =>
        this.#state.writing('fit', (state) => this.#train(runner, state, batches)),
      validate: (validation) =>
        this.#evaluate(`${where} › validation`, validation, signal === undefined ? {} : { signal }),
      remember: async () => {
        const tensors = await this.#state.reading('fit', (state) => state.read());
        remembered = { tensors, position: this.#position };
      },
      keepBest: async () => {
        this.#best = await this.#state.reading('fit', (state) => state.read());
      },
      restoreBest: () =>
        this.#state.writing('fit', (state) => {
          if (this.#best !== undefined) state.set(this.#best);
        }),
      recall: () =>
        this.#state.writing('fit', (state) => {
          if (remembered === undefined) return;
          state.set(remembered.tensors);
          this.#position = remembered.position;
        }),
    };
  }

  async #train(
    runner: StepRunner,
    state: LiveState,
    batches: readonly PlacedBatch[],
  ): Promise<readonly ArrayLike<number>[]> {
    const { iteration } = this.#position;
    const number: HostTensor = { dtype: 'int32', shape: [], data: Int32Array.of(iteration) };
    const fixed = { ...state.inputs, iteration: number };
    const outputs = await runner.run(fixed, batches, { key: this.#key, iteration: [iteration] });
    state.advance(outputs);
    return readReport(outputs, batches.length);
  }

  async #evaluate(where: string, examples: Examples, options: BatchOptions): Promise<Logs<M>> {
    const { batchSize = 256, signal } = options;
    requireCounts(where, { batchSize });
    const task = this.#taskOf(where, examples);
    const sums = await this.#state.reading('evaluate', async (state) => {
      const prepared = await this.#programs.evaluation(task);
      const program: DataProgram = { where, prepared, place: 'batch', fields: fieldNames(task) };
      const numMetrics = this.#metrics.length;
      const choices = { batchSize, signal, numMetrics, key: this.#key };
      return evaluateBatches(program, state.only('parameters', 'state'), examples, choices);
    });
    return meansOf(sums, this.#metrics);
  }

  // Brings `variables` up to date after a run, also after one that failed.
  async #synchronized<R>(host: FitHost<M>, run: () => Promise<R>): Promise<R> {
    let result: R;
    try {
      result = await run();
    } catch (error) {
      // An engine that has failed may have lost the state; what failed first is what to tell.
      await this.synchronize()
        .catch(() => host.recall().then(() => this.synchronize()))
        .catch(() => undefined);
      throw error;
    }
    await this.synchronize();
    return result;
  }

  #taskOf(where: string, examples: Examples): TrainingTask<I, O> {
    requireExamples(where, examples);
    const targets = this.#options.targets ?? targetsOf(examples, this.model.inputs);
    requireFields(where, examples, this.model.inputs);
    requireFields(where, examples, targets);
    return this.#taskFor(targets);
  }

  #taskFor(targets: TargetTypes): TrainingTask<I, O> {
    const {
      loss,
      optimizer,
      metrics = {},
      transformGradients = (gradients) => gradients,
    } = this.#options;
    const isTrained = this.#isTrained;
    return { model: this.model, targets, loss, metrics, optimizer, isTrained, transformGradients };
  }

  #noSums(): MeanSums {
    return emptySums(this.#metrics.length);
  }
}

type Tensors = Readonly<Record<string, HostTensor>>;

import type {
  InputTypes,
  Model,
  NamedTensors,
  Optimizer,
  Tensor,
  TensorsOf,
  Variables,
} from '@etalon/core';
import {
  add,
  applyUpdates,
  gradient,
  initializeOptimizer,
  mul,
  neg,
  optimizerState,
  reduceMean,
  reduceSum,
  softplus,
  square,
  stateOf,
  sub,
  valueAndGradient,
  valueAndGradientWithAuxiliary,
} from '@etalon/core';

export type Parameters = Readonly<Record<string, Tensor>>;

type Network = Pick<Model<InputTypes, NamedTensors>, 'variables' | 'initialize'>;

/** The two that play against each other, and how they learn. */
export interface Players {
  readonly generator: Network;
  /** Without state of its own. */
  readonly discriminator: Network;
  readonly optimizer: Optimizer;
  /** Part of the average of the generators that a step keeps: the average is less restless than the last one, Yazıcı et al. 2019. */
  readonly averageMomentum: number;
}

/** What a step shows them. */
export interface Round {
  /** Makes a batch, from noise of its own for each stream. */
  readonly make: (generator: Variables<Tensor>, stream: string) => Made;
  /** How sure the discriminator is that a batch is real, as logits. */
  readonly judge: (discriminator: Parameters, batch: Tensor) => Tensor;
  /** A real batch. */
  readonly real: Tensor;
  /** Weight of the squared slope of the logits at real examples. */
  readonly penaltyWeight: number;
  /** What the generator is to keep small beside fooling the discriminator. */
  readonly distance?: (made: Tensor) => Tensor;
}

/** A batch of the generator. */
export interface Made {
  readonly batch: Tensor;
  /** State of the generator's layers after it. */
  readonly state: Parameters;
  /** What both are to keep small about it. */
  readonly shared?: (discriminator: Parameters) => Tensor;
}

/** Declares what training carries. */
export function declarePlayers({ generator, discriminator, optimizer }: Players) {
  const [made, judging] = [stateOf(generator), stateOf(discriminator).parameters];
  return {
    generator: made,
    discriminator: judging,
    average: made.parameters,
    generatorMemory: optimizerState(optimizer, made.parameters),
    discriminatorMemory: optimizerState(optimizer, judging),
  };
}

/** What training carries from step to step. */
export type PlayersState = TensorsOf<ReturnType<typeof declarePlayers>>;

/** Values before the first step. */
export function firstPlayers({ generator, discriminator, optimizer }: Players, seed: number) {
  const made = generator.initialize(seed);
  const judging = discriminator.initialize(seed + 1).parameters;
  return {
    generator: made,
    discriminator: judging,
    average: made.parameters,
    generatorMemory: initializeOptimizer(optimizer, made.parameters),
    discriminatorMemory: initializeOptimizer(optimizer, judging),
  };
}

/**
 * Both networks learn in one step: the discriminator from a real batch and one of the generator, then the generator from what the
 * discriminator now thinks. Losses of Goodfellow et al. 2014 (not saturating), with the penalty R1 of Mescheder et al. 2018: the slope
 * of the logits at real examples, squared, whose gradient is a gradient of a gradient.
 */
export function bothPlayers(players: Players, current: PlayersState, round: Round) {
  const judged = judgeLoss(current, round);
  const judge = applyUpdates(players.optimizer, {
    parameters: current.discriminator,
    gradients: judged.gradients,
    state: current.discriminatorMemory,
  });
  const fooled = makerLoss(current, judge.parameters, round);
  const maker = applyUpdates(players.optimizer, {
    parameters: current.generator.parameters,
    gradients: fooled.gradients,
    state: current.generatorMemory,
  });
  return {
    state: {
      generator: { parameters: maker.parameters, state: fooled.auxiliary },
      discriminator: judge.parameters,
      average: averaged(current.average, maker.parameters, players.averageMomentum),
      generatorMemory: maker.state,
      discriminatorMemory: judge.state,
    },
    losses: { discriminator: judged.value, generator: fooled.value },
  };
}

function judgeLoss(current: PlayersState, { make, judge, real, penaltyWeight }: Round) {
  const fake = make(current.generator, 'fake');
  return valueAndGradient((parameters: Parameters) => {
    const slopes = gradient((batch: Tensor) => reduceSum(judge(parameters, batch)))(real);
    const axes = real.shape.map((_, axis) => axis).slice(1);
    const penalty = reduceMean(reduceSum(square(slopes), { axes }));
    const doubts = add(
      reduceMean(softplus(neg(judge(parameters, real)))),
      reduceMean(softplus(judge(parameters, fake.batch))),
    );
    const shared = fake.shared?.(parameters);
    const loss = shared === undefined ? doubts : add(doubts, shared);
    return add(loss, mul(penalty, penaltyWeight));
  })(current.discriminator);
}

function makerLoss(current: PlayersState, discriminator: Parameters, round: Round) {
  const { state } = current.generator;
  return valueAndGradientWithAuxiliary((parameters: Parameters) => {
    const made = round.make({ parameters, state }, 'second');
    const caught = reduceMean(softplus(neg(round.judge(discriminator, made.batch))));
    const others = [made.shared?.(discriminator), round.distance?.(made.batch)];
    const value = others.reduce<Tensor>(
      (sum, other) => (other === undefined ? sum : add(sum, other)),
      caught,
    );
    return { value, auxiliary: made.state };
  })(current.generator.parameters);
}

function averaged(average: Parameters, next: Parameters, momentum: number): Parameters {
  return Object.fromEntries(
    Object.entries(average).map(([name, value]) => [
      name,
      add(value, mul(sub(next[name] ?? value, value), 1 - momentum)),
    ]),
  );
}

import type { BackendV1, HostTensor, InputTypes, Model, NamedTensors } from '@etalon/core';
import { defineProgram, tensor } from '@etalon/core';
import { verifyExported } from '@etalon/examples-shared';
import type { DigitGame } from './digit-games.ts';
import { edgesOf } from './edges.ts';
import type { Judge, Judgement } from './judge.ts';
import type { LearnDigitsOptions } from './learn-digits.ts';
import { learnDigits } from './learn-digits.ts';
import { noiseOf } from './noise.ts';
import { rowsOf, runInParts } from './run-in-parts.ts';

type Tensors = Readonly<Record<string, HostTensor>>;

/** Figures of a generator. */
export interface GeneratorResult extends Judgement {
  readonly parameters: number;
  readonly seconds: number;
  /** Largest difference of the exported generator, as a share of its brightest pixel. */
  readonly exportDifference: number;
}

/** Figures, and all images that they are of. */
export interface Played {
  readonly result: GeneratorResult;
  readonly image: HostTensor;
}

/** What generators are given after training, whichever of it they take. */
export interface Given {
  readonly noise: HostTensor;
  /** Every digit equally often. */
  readonly label: HostTensor;
  /** Of digits that nobody has seen. */
  readonly edges: HostTensor;
}

/** Draws noise, asks for digits, and outlines real ones. */
export async function give(backend: BackendV1, real: HostTensor): Promise<Given> {
  const [count = 0] = real.shape;
  const { program } = defineProgram(
    { image: tensor('float32', ['batch', 28, 28, 1]) },
    ({ image }) => ({ edges: edgesOf(image) }),
    { name: 'outlines' },
  );
  const { edges } = await runInParts(backend, program, { image: real });
  return {
    noise: await noiseOf(backend, count),
    label: {
      dtype: 'int32',
      shape: [count],
      data: Int32Array.from({ length: count }, (_, at) => at % 10),
    },
    edges: edges as HostTensor,
  };
}

/** Lets two networks learn, and has what the generator then makes judged. */
export async function playGame(
  backend: BackendV1,
  game: DigitGame,
  {
    given,
    judge,
    asked,
    ...options
  }: LearnDigitsOptions & {
    readonly given: Given;
    readonly judge: Judge;
    /** Digits that the images should be, where it is known. */
    readonly asked?: HostTensor | undefined;
  },
): Promise<Played> {
  const { generator } = game;
  const { variables, seconds } = await learnDigits(backend, game, options);
  const program = generator.freeze(variables);
  const inputs = pick(given, Object.keys(generator.inputs));
  const { image } = (await runInParts(backend, program, inputs)) as { image: HostTensor };
  const few = Object.entries(inputs).map(([name, rows]) => [name, rowsOf(rows, 0, 64)]);
  const exportDifference = await verifyExported(program, Object.fromEntries(few), {
    image: rowsOf(image, 0, 64),
  });
  const judgement = await judge.look(image, asked);
  const parameters = parametersOf(generator);
  return { result: { ...judgement, parameters, seconds, exportDifference }, image };
}

function pick(given: Given, names: readonly string[]): Tensors {
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}

function parametersOf({ variables }: Model<InputTypes, NamedTensors>): number {
  return variables.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
}

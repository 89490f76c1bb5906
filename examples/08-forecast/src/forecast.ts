import type { BackendV1, HostTensorOf, Model, Tensor, TensorType } from '@etalon/core';
import {
  adam,
  add,
  cosineDecay,
  createTrainer,
  defineModel,
  dense,
  div,
  gru,
  log,
  mul,
  reduceMean,
  reshape,
  softplus,
  square,
  sub,
  tensor,
} from '@etalon/core';
import { windowsOfSeries } from '@etalon/datasets';
import type { ExampleCommand } from '@etalon/examples-shared';
import { createBackend, verifyExported } from '@etalon/examples-shared';
import { drawSeries, naiveError, recipe } from './series.ts';

/** What the example finds. Errors are roots of mean squared ones, of one hour ahead, on hours that training never saw. */
export interface ForecastResults {
  readonly backend: string;
  readonly hours: number;
  readonly seconds: number;
  readonly error: number;
  /** Of the value an hour before, and of that a day before. */
  readonly naive: number;
  readonly seasonalNaive: number;
  /** Of the best forecast there can be. */
  readonly least: number;
  /** Share of the hours that lie in the band of nine in ten. */
  readonly coverage: number;
  readonly exportDifference: number;
  /** Some hours: value, lower end of the band, middle, upper end. */
  readonly band: readonly (readonly number[])[];
}

type Forecaster = Model<
  { readonly input: TensorType },
  { readonly mean: Tensor; readonly deviation: Tensor }
>;

const length = 48;
/** Deviations to both sides that hold nine tenths of a normal distribution. */
const halfWidth = 1.6448536269514722;

function forecaster(units: number): Forecaster {
  const [read, middle, width] = [gru(units), dense(1), dense(1)];
  return defineModel({
    name: 'forecast',
    inputs: { input: tensor('float32', ['batch', length, 1]) },
    build: ({ input }) => {
      const seen = read(input);
      return { mean: middle(seen), deviation: add(softplus(width(seen)), 1e-3) };
    },
  });
}

/** Negative logarithm of the normal density at the targets, without its constant: Nix and Weigend 1994. */
function surprise(mean: Tensor, deviation: Tensor, target: Tensor): Tensor {
  const distance = div(sub(reshape(target, mean.shape), mean), deviation);
  return reduceMean(add(mul(square(distance), 0.5), log(deviation)));
}

/** Runs the example. */
export async function runForecast(
  { backend: name, budget }: Omit<ExampleCommand, 'json'>,
  print: (line: string) => void,
): Promise<ForecastResults> {
  const backend = await createBackend(name);
  try {
    const size =
      budget === 'full'
        ? { hours: 12_000, units: 24, epochs: 12 }
        : { hours: 4000, units: 12, epochs: 10 };
    return { backend: name, ...(await learn(backend, size, print)) };
  } finally {
    await backend.dispose();
  }
}

async function learn(
  backend: BackendV1,
  { hours, units, epochs }: Readonly<Record<'hours' | 'units' | 'epochs', number>>,
  print: (line: string) => void,
): Promise<Omit<ForecastResults, 'backend'>> {
  const series = drawSeries(hours);
  const cut = Math.floor(hours * 0.8);
  const training = windowsOfSeries(part(series, 0, cut), { length });
  // Begins with the last window before, so that the first hour to forecast is the first of the test.
  const test = windowsOfSeries(part(series, cut - length, hours), { length });
  const batchSize = 64;
  const model = forecaster(units);
  const trainer = await createTrainer(model, {
    backend,
    seed: 4,
    targets: { target: tensor('float32', ['batch', 1, 1]) },
    loss: ({ mean, deviation }, { target }) => surprise(mean, deviation, target),
    optimizer: adam({
      learningRate: cosineDecay({
        initialRate: 1e-2,
        decaySteps: epochs * Math.ceil(training.size / batchSize),
        alpha: 0.01,
      }),
    }),
  });
  const began = performance.now();
  await trainer.fit(training, {
    epochs,
    batchSize,
    onEpochEnd: ({ epoch, logs }) => print(`epoch ${epoch + 1}: loss ${logs.loss.toFixed(4)}`),
  });
  const seconds = (performance.now() - began) / 1000;
  const all = await test.gather(Uint32Array.from({ length: test.size }, (_, at) => at));
  const found = await trainer.predict({ input: all.input });
  const frozen = model.freeze(trainer.variables);
  trainer.dispose();
  const forecasts = Array.from(found.mean.data, (middle, at) => ({
    value: Number(all.target.data[at]),
    middle: Number(middle),
    deviation: Number(found.deviation.data[at]),
  }));
  const inside = forecasts.filter(
    ({ value, middle, deviation }) => Math.abs(value - middle) <= halfWidth * deviation,
  );
  const squares = forecasts.map(({ value, middle }) => (value - middle) ** 2);
  return {
    hours,
    seconds,
    error: Math.sqrt(squares.reduce((sum, error) => sum + error, 0) / squares.length),
    naive: naiveError(series, 1, cut),
    seasonalNaive: naiveError(series, recipe.period, cut),
    least: recipe.noise,
    coverage: inside.length / forecasts.length,
    exportDifference: await verifyExported(frozen, { input: all.input }, found),
    band: forecasts
      .slice(0, 24)
      .map(({ value, middle, deviation }) =>
        [value, middle - halfWidth * deviation, middle, middle + halfWidth * deviation].map(
          (number) => Number(number.toFixed(3)),
        ),
      ),
  };
}

function part(
  { data }: HostTensorOf<'float32'>,
  from: number,
  to: number,
): HostTensorOf<'float32'> {
  return { dtype: 'float32', shape: [to - from, 1], data: data.slice(from, to) };
}

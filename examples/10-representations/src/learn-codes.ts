import type { BackendV1, HostTensor } from '@etalon/core';
import {
  adam,
  cosineDecay,
  createTrainer,
  meanSquaredError,
  prepare,
  tensor,
  transferVariables,
} from '@etalon/core';
import { mapExamples } from '@etalon/datasets';
import { verifyExported } from '@etalon/examples-shared';
import { autoencoder, codeSize } from './autoencoder.ts';
import type { Digits } from './digits.ts';
import { meanSquare, wholeOf } from './digits.ts';
import { throughComponents } from './principal-components.ts';

/** Figures of the autoencoder. Errors are mean squares of pixels, whose brightness is from 0 to 1, on the test images. */
export interface CodeResults {
  readonly codeSize: number;
  readonly error: number;
  /** Of as many principal components. */
  readonly componentsError: number;
  /** Of the mean image. */
  readonly meanError: number;
  readonly seconds: number;
  readonly parameters: number;
  /** Largest differences of the exported halves, as shares of their largest numbers. */
  readonly exportDifference: { readonly encoder: number; readonly decoder: number };
}

/** Figures, and the first test images as each leaves them. */
export interface LearnedCodes {
  readonly result: CodeResults;
  readonly images: readonly HostTensor[];
}

const batchSize = 64;

/** Trains an autoencoder, and compares it with as many principal components of the same images. */
export async function learnCodes(
  backend: BackendV1,
  {
    training,
    test,
    width,
    epochs,
    print,
  }: {
    readonly training: Digits;
    readonly test: Digits;
    readonly width: number;
    readonly epochs: number;
    readonly print: (line: string) => void;
  },
): Promise<LearnedCodes> {
  const { whole, encoder, decoder } = autoencoder(width);
  const decaySteps = epochs * Math.ceil(training.size / batchSize);
  const trainer = await createTrainer(whole, {
    backend,
    seed: 6,
    targets: { target: tensor('float32', ['batch', 28, 28, 1]) },
    loss: (outputs, { target }) => meanSquaredError(outputs.image, target),
    optimizer: adam({ learningRate: cosineDecay({ initialRate: 2e-3, decaySteps }) }),
  });
  const began = performance.now();
  await trainer.fit(withTargets(training), {
    epochs,
    batchSize,
    onEpochEnd: ({ epoch, logs }) => print(`codes, epoch ${epoch + 1}: ${logs.loss.toFixed(5)}`),
  });
  const seconds = (performance.now() - began) / 1000;
  const { image } = wholeOf(test);
  const made = await trainer.predict({ image });
  const { variables } = trainer;
  trainer.dispose();
  const linear = await throughComponents(backend, training, image);
  const halves = {
    encoder: encoder.freeze(transferVariables(encoder.initialize(0), variables)),
    decoder: decoder.freeze(transferVariables(decoder.initialize(0), variables)),
  };
  const prepared = await prepare(halves.encoder, backend);
  const outputs = await prepared.run({ image });
  const code = (await outputs.code?.read()) as HostTensor;
  outputs.code?.dispose();
  prepared.dispose();
  const mean = repeated(linear.mean, test.size);
  return {
    result: {
      codeSize,
      error: meanSquare(made.image, image),
      componentsError: meanSquare(linear.image, image),
      meanError: meanSquare(mean, image),
      seconds,
      parameters: Object.values(variables.parameters).reduce(
        (sum, { data }) => sum + data.length,
        0,
      ),
      // The halves one after the other are the whole.
      exportDifference: {
        encoder: await verifyExported(halves.encoder, { image }, { code }),
        decoder: await verifyExported(halves.decoder, { code }, { image: made.image }),
      },
    },
    images: [image, linear.image, made.image],
  };
}

function withTargets(digits: Digits) {
  const field = digits.fields.image;
  return mapExamples(digits, { image: field, target: field }, ({ image }) => ({
    image,
    target: image,
  }));
}

function repeated({ data }: HostTensor, count: number): HostTensor {
  const rows = new Float32Array(count * data.length);
  for (let row = 0; row < count; row++) rows.set(data as Float32Array, row * data.length);
  return { dtype: 'float32', shape: [count, 28, 28, 1], data: rows };
}

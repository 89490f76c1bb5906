import type { NamedTensors, Tensor } from '@etalon/core';
import { abs, categoricalCrossEntropy, mul, reduceMean, sub } from '@etalon/core';
import type { Discriminator, Generator, Seen } from './digit-networks.ts';
import {
  askedDiscriminator,
  askedGenerator,
  digitDiscriminator,
  digitGenerator,
  edgeDiscriminator,
  edgeGenerator,
  plainGenerator,
} from './digit-networks.ts';
import { edgesOf } from './edges.ts';
import { drawNoise, kindOf } from './noise.ts';

/** Real digits: `image [batch, 28, 28, 1]`, `label [batch]`. */
export interface DigitBatch {
  readonly image: Tensor;
  readonly label: Tensor;
}

/** Two networks that play about digits. */
export interface DigitGame {
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  /** What both are told about a batch. */
  readonly told: (batch: DigitBatch) => NamedTensors;
  /** What the generator is given beside. */
  readonly noise: (count: number, stream: string) => NamedTensors;
  /** What both are to keep small: of what the generator was given, and the discriminator sees. */
  readonly shared?: (given: NamedTensors, seen: Seen) => Tensor;
  /** What the generator is to keep small: of made and real images. */
  readonly distance?: (made: Tensor, real: Tensor) => Tensor;
}

const nothing = (): NamedTensors => ({});
const noise = (count: number, stream: string): NamedTensors => ({
  noise: drawNoise(count, stream),
});

// The kind of the noise is to be seen in the image, so that each kind becomes one of digits: Chen et al. 2016.
const tellKind = (given: NamedTensors, seen: Seen): Tensor => {
  const { noise: drawn } = given;
  if (drawn === undefined || seen.kind === undefined) throw new RangeError('tellKind: no kind');
  return categoricalCrossEntropy(seen.kind, kindOf(drawn));
};

/** The games, with networks of a width. */
export const digitGames = {
  /** One dense layer against the discriminator of `digits`. */
  plain: (width: number): DigitGame => ({
    generator: plainGenerator(),
    discriminator: digitDiscriminator(width),
    told: nothing,
    noise,
    shared: tellKind,
  }),
  /** Any digit. */
  digits: (width: number): DigitGame => ({
    generator: digitGenerator(width),
    discriminator: digitDiscriminator(width),
    told: nothing,
    noise,
    shared: tellKind,
  }),
  /** The digit asked for. */
  asked: (width: number): DigitGame => ({
    generator: askedGenerator(width),
    discriminator: askedDiscriminator(width),
    told: ({ label }) => ({ label }),
    noise,
  }),
  /** The digit of the edges. */
  edges: (width: number): DigitGame => ({
    generator: edgeGenerator(width / 2),
    discriminator: edgeDiscriminator(width),
    told: ({ image }) => ({ edges: edgesOf(image) }),
    noise: nothing,
    // The weight of Isola et al. 2017, whose brightness is from -1 to 1.
    distance: (made, real) => mul(reduceMean(abs(sub(made, real))), 200),
  }),
} as const;

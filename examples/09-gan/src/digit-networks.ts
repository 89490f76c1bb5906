import type { Model, Tensor, TensorType } from '@etalon/core';
import {
  activation,
  add,
  batchNormalization,
  concat,
  conv2d,
  conv2dTranspose,
  defineModel,
  dense,
  flatten,
  mul,
  oneHot,
  reduceSum,
  reshapeTo,
  sequential,
  tensor,
} from '@etalon/core';
import { kinds, noiseSize } from './noise.ts';

const image = tensor('float32', ['batch', 28, 28, 1]);
const noise = tensor('float32', ['batch', noiseSize]);
const label = tensor('int32', ['batch']);

type Inputs = Readonly<Record<string, TensorType>>;

/** Makes images. */
export type Generator = Model<Inputs, { readonly image: Tensor }>;

/** Tells real images from others. */
export type Discriminator = Model<Inputs, Seen>;

/** What a discriminator sees of images: a type alias, as outputs are. */
export type Seen = {
  readonly logit: Tensor;
  /** Scores of the kind of noise that an image was made from, where it tells. */
  readonly kind?: Tensor;
};

const leaky = { activation: 'leakyRelu' } as const;
const twice = { kernelSize: 4, strides: 2, padding: 'same' } as const;

const normalized = () => sequential(batchNormalization({ momentum: 0.9 }), activation('relu'));

// Seven by seven maps that are doubled twice, as Radford et al. 2016 do.
const grow = (width: number) =>
  sequential(
    dense(7 * 7 * 2 * width, { useBias: false }),
    reshapeTo([7, 7, 2 * width]),
    normalized(),
    conv2dTranspose(width, { ...twice, useBias: false }),
    normalized(),
    conv2dTranspose(1, { ...twice, activation: 'sigmoid' }),
  );

const shrink = (width: number) =>
  sequential(
    conv2d(width, { ...twice, ...leaky }),
    conv2d(2 * width, { ...twice, ...leaky }),
    flatten(),
    // Sees the whole: convolutions alone see strokes.
    dense(8 * width, leaky),
  );

/** Makes any digit. */
export function digitGenerator(width: number): Generator {
  return defineModel({
    name: 'digits',
    inputs: { noise },
    build: (inputs) => ({ image: grow(width)(inputs.noise) }),
  });
}

/** Tells real digits from others. */
export function digitDiscriminator(width: number): Discriminator {
  return defineModel({
    name: 'digitDiscriminator',
    inputs: { image },
    build: (inputs) => {
      const seen = shrink(width)(inputs.image);
      return { logit: dense(1)(seen), kind: dense(kinds)(seen) };
    },
  });
}

/** One dense layer from noise to pixels: what the generators are compared with. */
export function plainGenerator(): Generator {
  return defineModel({
    name: 'plain',
    inputs: { noise },
    build: (inputs) => ({
      image: sequential(
        dense(28 * 28, { activation: 'sigmoid' }),
        reshapeTo([28, 28, 1]),
      )(inputs.noise),
    }),
  });
}

/** Makes the digit that is asked for. */
export function askedGenerator(width: number): Generator {
  return defineModel({
    name: 'asked',
    inputs: { noise, label },
    build: (inputs) => {
      const wish = oneHot(inputs.label, { depth: 10 });
      return { image: grow(width)(concat([inputs.noise, wish], { axis: 1 })) };
    },
  });
}

/** Tells whether an image is real and of its label: by the projection of Miyato and Koyama 2018. */
export function askedDiscriminator(width: number): Discriminator {
  return defineModel({
    name: 'askedDiscriminator',
    inputs: { image, label },
    build: (inputs) => {
      const seen = shrink(width)(inputs.image);
      const wished = dense(8 * width, { useBias: false })(oneHot(inputs.label, { depth: 10 }));
      const fits = reduceSum(mul(seen, wished), { axes: 1, keepDims: true });
      return { logit: add(dense(1)(seen), fits) };
    },
  });
}

/** Fills in the digit whose edges it sees: a small U-Net, as in Isola et al. 2017. */
export function edgeGenerator(width: number): Generator {
  return defineModel({
    name: 'edges',
    inputs: { edges: image },
    build: ({ edges }) => {
      const half = conv2d(width, { ...twice, ...leaky })(edges);
      const quarter = conv2d(2 * width, { ...twice, ...leaky })(half);
      const back = sequential(
        conv2dTranspose(width, { ...twice, useBias: false }),
        normalized(),
      )(quarter);
      const beside = concat([back, half], { axis: 3 });
      const whole = conv2dTranspose(width, { ...twice, ...leaky })(beside);
      const last = conv2d(1, { kernelSize: 3, padding: 'same', activation: 'sigmoid' });
      return { image: last(concat([whole, edges], { axis: 3 })) };
    },
  });
}

/** Tells whether a digit is real and has these edges. */
export function edgeDiscriminator(width: number): Discriminator {
  return defineModel({
    name: 'edgeDiscriminator',
    inputs: { image, edges: image },
    build: (inputs) => {
      const pair = concat([inputs.image, inputs.edges], { axis: 3 });
      return { logit: sequential(shrink(width), dense(1))(pair) };
    },
  });
}

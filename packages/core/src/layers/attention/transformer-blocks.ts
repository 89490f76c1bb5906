import type { Tensor } from '@etalon/compiler';
import { isTensor } from '@etalon/compiler';
import type { Layer } from '../layer.ts';
import { createLayer } from '../layer.ts';
import type { TransformerBlockOptions } from './transformer-part.ts';
import { crossAttention, feedForward, resolveBlock, selfAttention } from './transformer-part.ts';

/** What {@link transformerEncoderBlock} takes where it is more than a sequence. */
export interface EncoderBlockInputs {
  /** float32 `[batch, time, features]`. */
  readonly input: Tensor;
  /** bool `[batch, time]`, which steps are there, or `[batch, time, time]`, which steps each step sees. */
  readonly mask?: Tensor;
}

/** What {@link transformerDecoderBlock} takes where it is more than a sequence. */
export interface DecoderBlockInputs extends EncoderBlockInputs {
  /** What an encoder made of another sequence, float32 `[batch, source, features]`: steps attend to it too. */
  readonly encoded?: Tensor;
  /** bool `[batch, source]` or `[batch, time, source]`: what is there of `encoded`. */
  readonly encodedMask?: Tensor;
}

/** Options of {@link transformerDecoderBlock}. */
export interface DecoderBlockOptions extends TransformerBlockOptions {
  /** Largest number of steps that a step sees: itself and those before; see {@link MultiHeadAttentionOptions}. Default all. */
  readonly context?: number;
}

/**
 * Returns a layer of self-attention and then two dense layers for each step, with a sum around each: `[batch, time, features]`, of
 * the same shape. KerasHub `TransformerEncoder`, but that it normalizes first (Xiong et al. 2020) unless told otherwise; Vaswani et al. 2017.
 *
 * Variables: those of {@link multiHeadAttention} under `selfAttention/`, `feedForward/inner/kernel [features, feedForwardSize]`,
 * `feedForward/outer/kernel`, a `bias` beside each, and `gamma` and `beta [features]` under `selfAttentionNormalization/` and
 * `feedForwardNormalization/`.
 *
 * @throws {AttributeError} when an option is out of range, or there is no such activation.
 * @throws {ShapeError} (in the model) when the input is no sequence of features of a fixed number.
 */
export function transformerEncoderBlock(
  options: TransformerBlockOptions,
): Layer<Tensor | EncoderBlockInputs> {
  const kind = 'transformerEncoderBlock';
  const settings = resolveBlock(options.name ?? kind, options);
  return createLayer(kind, options, (given: Tensor | EncoderBlockInputs, scope) => {
    const { input, mask }: EncoderBlockInputs = isTensor(given) ? { input: given } : given;
    const how = { causal: false, ...(mask && { mask }) };
    return feedForward(selfAttention(input, how, settings, scope), settings, scope);
  });
}

/**
 * As {@link transformerEncoderBlock}, with causal self-attention, and attention to what an encoder made, where that is given. It can be called
 * step by step, with a `context`. KerasHub `TransformerDecoder`; Vaswani et al. 2017.
 *
 * Variables: the same, and with `encoded` those of attention under `crossAttention/` and `crossAttentionNormalization/`.
 *
 * @throws {AttributeError} when an option is out of range, or there is no such activation.
 * @throws {ShapeError} (in the model) when the input is no sequence of features of a fixed number.
 */
export function transformerDecoderBlock(
  options: DecoderBlockOptions,
): Layer<Tensor | DecoderBlockInputs> {
  const kind = 'transformerDecoderBlock';
  const settings = resolveBlock(options.name ?? kind, options);
  return createLayer(kind, options, (given: Tensor | DecoderBlockInputs, scope) => {
    const inputs: DecoderBlockInputs = isTensor(given) ? { input: given } : given;
    const { input, mask, encoded, encodedMask } = inputs;
    const own = selfAttention(input, { causal: true, ...(mask && { mask }) }, settings, scope);
    const both =
      encoded === undefined ? own : crossAttention(own, encoded, encodedMask, settings, scope);
    return feedForward(both, settings, scope);
  });
}

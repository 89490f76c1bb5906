import { reduceSum, tensor, traceProgram } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../../test/support/errors.ts';
import { wavesOf } from '../../../test/support/streaming.ts';
import { evaluate } from '../../../test/support/tensors.ts';
import { defineModel, stateOf } from '../../model/define-model.ts';
import { transformerDecoderBlock, transformerEncoderBlock } from './transformer-blocks.ts';

const x = tensor('float32', ['batch', 'time', 4]);
const options = { heads: 2, feedForwardSize: 3 };

describe('transformer blocks', () => {
  it('name their variables by part', () => {
    const block = transformerEncoderBlock({ ...options, useBias: false, name: 'encoder' });
    const model = defineModel({
      name: 'm',
      inputs: { x },
      build: (given) => ({ y: block(given.x) }),
    });
    expect(model.variables.parameters.map(({ path, shape }) => [path, shape])).toEqual([
      ['encoder/selfAttentionNormalization/gamma', [4]],
      ['encoder/selfAttentionNormalization/beta', [4]],
      ['encoder/selfAttention/query/kernel', [4, 4]],
      ['encoder/selfAttention/key/kernel', [4, 4]],
      ['encoder/selfAttention/value/kernel', [4, 4]],
      ['encoder/selfAttention/output/kernel', [4, 4]],
      ['encoder/feedForwardNormalization/gamma', [4]],
      ['encoder/feedForwardNormalization/beta', [4]],
      ['encoder/feedForward/inner/kernel', [4, 3]],
      ['encoder/feedForward/outer/kernel', [3, 4]],
    ]);
  });

  it('drop elements in training: of weights, and of what each part adds', () => {
    const block = transformerDecoderBlock({ ...options, dropout: 0.5 });
    const encoded = tensor('float32', ['batch', 'source', 4]);
    const model = defineModel({
      name: 'm',
      inputs: { x, encoded },
      build: (given) => ({ y: block({ input: given.x, encoded: given.encoded }) }),
    });
    const inputs = { ...model.inputs, v: stateOf(model) };
    const program = traceProgram('train', inputs, ({ v, ...given }) => ({
      y: reduceSum(model.apply(v, given, { mode: 'train' }).outputs.y),
    }));
    const shapes = program.nodes.flatMap((node) =>
      node.operator === 'randomBernoulli' ? [node.attributes.shape] : [],
    );
    expect(shapes).toEqual([
      ['batch', 2, 'time', 'time'],
      ['batch', 'time', 4],
      ['batch', 2, 'time', 'source'],
      ['batch', 'time', 4],
      ['batch', 'time', 4],
    ]);
  });

  it('turn queries and keys of one sequence only', () => {
    const outputs = [true, false].map((rotary) => {
      const block = transformerDecoderBlock({ ...options, rotary, name: 'decoder' });
      const model = defineModel({
        name: 'm',
        inputs: { x: tensor('float32', [1, 1, 4]), encoded: tensor('float32', [1, 3, 4]) },
        build: (given) => ({ y: block({ input: given.x, encoded: given.encoded }) }),
      });
      const inputs = { x: wavesOf([1, 1, 4]), encoded: wavesOf([1, 3, 4]) };
      return evaluate(model.freeze(model.initialize(2)), inputs).y;
    });
    // one step alone is not turned, and the other sequence has no positions
    expect(outputs[0]).toEqual(outputs[1]);
  });

  it('name what is wrong', () => {
    expect(caught(() => transformerEncoderBlock({ ...options, feedForwardSize: 0 }))).toMatchObject(
      {
        message:
          'transformerEncoderBlock: feedForwardSize must be an integer of at least 1, got 0.',
      },
    );
    expect(caught(() => transformerDecoderBlock({ ...options, epsilon: -1 }))).toMatchObject({
      code: 'OPTION_RANGE',
    });
    expect(
      caught(() => transformerDecoderBlock({ ...options, activation: 'geluu' as never })),
    ).toMatchObject({ code: 'ACTIVATION_UNKNOWN' });
    const block = transformerEncoderBlock(options);
    expect(
      caught(() =>
        defineModel({
          name: 'm',
          inputs: { x: tensor('float32', ['batch', 4]) },
          build: (given) => ({ y: block(given.x) }),
        }),
      ),
    ).toMatchObject({ code: 'SHAPE_LAYER_RANK' });
  });
});

import type { RandomAttributes, RandomOperatorsV1 } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import type { DefinitionsOf, OperatorRule } from './definition.ts';

function draw<A extends RandomAttributes>(
  dtype: 'float32' | 'bool',
  check: (attributes: A) => void,
): OperatorRule<0, A> {
  return {
    kind: 'random',
    type: (_, attributes) => {
      const { stream } = attributes;
      if (typeof stream !== 'string' || stream === '') {
        throw new AttributeError(
          'ATTRIBUTE_STREAM',
          `stream must be a name, got ${JSON.stringify(stream)}.`,
        );
      }
      check(attributes);
      return { dtype, shape: attributes.shape };
    },
    gradient: 'zero',
    mapDimensions: (attributes, map) => ({ ...attributes, shape: attributes.shape.map(map) }),
  };
}

/** Definitions of random draws. */
export const randomDefinitions: DefinitionsOf<keyof RandomOperatorsV1> = {
  randomUniform: draw('float32', ({ low, high }) => {
    // As the generator has it: bounds and span are float32.
    if (low <= high && Number.isFinite(Math.fround(Math.fround(high) - Math.fround(low)))) return;
    throw new AttributeError(
      'ATTRIBUTE_RANGE',
      `low must not exceed high, and both and their distance must be finite in float32, got low ${low} and high ${high}.`,
    );
  }),
  randomNormal: draw('float32', () => undefined),
  randomBernoulli: draw('bool', ({ probability }) => {
    if (probability >= 0 && probability <= 1) return;
    throw new AttributeError(
      'ATTRIBUTE_PROBABILITY',
      `probability must be in [0, 1], got ${probability}.`,
    );
  }),
};

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
      if (attributes.stream === '') {
        throw new AttributeError('ATTRIBUTE_STREAM', 'stream must not be empty, got "".');
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
    if (low <= high && Number.isFinite(high - low)) return;
    throw new AttributeError(
      'ATTRIBUTE_RANGE',
      `low must not exceed high and both must be finite, got low ${low} and high ${high}.`,
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

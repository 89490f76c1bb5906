import type { RandomOperatorsV1 } from '@etalon/spec';
import { describeTypeRules } from '../../test/type-cases.ts';

const draw = { shape: ['batch', 3], stream: 'dropout' };
const unnamed = {
  takes: [],
  error: 'AttributeError',
  code: 'ATTRIBUTE_STREAM',
  message: 'stream must be a name, got "".',
} as const;

describeTypeRules<keyof RandomOperatorsV1>({
  randomUniform: {
    accepts: [
      { takes: [], with: { ...draw, low: -1, high: 1 }, gives: 'float32[batch, 3]' },
      { takes: [], with: { ...draw, low: 2, high: 2 }, gives: 'float32[batch, 3]' },
    ],
    refuses: [
      { ...unnamed, with: { ...draw, stream: '', low: 0, high: 1 } },
      {
        takes: [],
        with: { ...draw, low: 1, high: 0 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_RANGE',
        message:
          'low must not exceed high, and both and their distance must be finite in float32, got low 1 and high 0.',
      },
      {
        takes: [],
        with: { ...draw, low: 0, high: 1e39 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_RANGE',
        message:
          'low must not exceed high, and both and their distance must be finite in float32, got low 0 and high 1e+39.',
      },
      {
        takes: [],
        with: { ...draw, low: Number.NaN, high: 1 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_RANGE',
        message:
          'low must not exceed high, and both and their distance must be finite in float32, got low NaN and high 1.',
      },
    ],
  },
  randomNormal: {
    accepts: [{ takes: [], with: draw, gives: 'float32[batch, 3]' }],
    refuses: [{ ...unnamed, with: { ...draw, stream: '' } }],
  },
  randomBernoulli: {
    accepts: [
      { takes: [], with: { ...draw, probability: 0 }, gives: 'bool[batch, 3]' },
      { takes: [], with: { ...draw, shape: [], probability: 1 }, gives: 'bool[]' },
    ],
    refuses: [
      { ...unnamed, with: { ...draw, stream: '', probability: 0.5 } },
      {
        takes: [],
        with: { ...draw, probability: 1.5 },
        error: 'AttributeError',
        code: 'ATTRIBUTE_PROBABILITY',
        message: 'probability must be in [0, 1], got 1.5.',
      },
      {
        takes: [],
        with: { ...draw, probability: Number.NaN },
        error: 'AttributeError',
        code: 'ATTRIBUTE_PROBABILITY',
        message: 'probability must be in [0, 1], got NaN.',
      },
    ],
  },
});

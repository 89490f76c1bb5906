import { describe, expect, it } from 'vitest';
import { conformanceCases } from '../families/index.ts';
import { checkGradientRule } from './gradient-rule.ts';

const smooth = conformanceCases.filter(({ gradient }) => gradient === 'smooth');

describe('checkGradientRule', () => {
  it.each(smooth)('finds the gradient of $id equal to central differences', (subject) => {
    checkGradientRule(subject, 'gradient');
  });
  it.each(smooth.filter(({ secondOrder }) => secondOrder))(
    'finds the second-order gradient of $id equal to central differences',
    (subject) => {
      expect(checkGradientRule(subject, 'second')).toBeGreaterThan(0);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { closestName } from './closest-name.ts';

describe('closestName', () => {
  it.each([
    ['logit', ['logits', 'value'], 'logits'],
    ['Logits', ['value', 'logits'], 'logits'],
    ['lable', ['image', 'label'], 'label'],
    ['polcy', ['value', 'policy', 'polish'], 'policy'],
    ['a', ['b', 'c'], 'b'],
    ['logits', ['value', 'policy'], undefined],
    ['label', [], undefined],
  ])('proposes for %s of %j %s', (name, candidates, expected) => {
    expect(closestName(name, candidates)).toBe(expected);
  });
});

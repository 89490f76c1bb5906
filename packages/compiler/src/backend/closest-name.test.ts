import { describe, expect, it } from 'vitest';
import { didYouMean, listNames } from './closest-name.ts';

describe('didYouMean', () => {
  it('names the nearest candidate', () => {
    expect(didYouMean('cdua', ['cpu', 'cuda', 'webgpu'])).toBe(' Did you mean "cuda"?');
    expect(didYouMean('WebGPU', ['cpu', 'cuda', 'webgpu'])).toBe(' Did you mean "webgpu"?');
  });

  it('stays silent when nothing is near', () => {
    expect(didYouMean('image', ['label', 'weights'])).toBe('');
    expect(didYouMean('image', [])).toBe('');
    expect(didYouMean('x', ['y'])).toBe('');
  });
});

describe('listNames', () => {
  it('quotes names and cuts long lists', () => {
    expect(listNames(['a', 'b'])).toBe('"a", "b"');
    expect(listNames([])).toBe('none');
    expect(listNames([...'abcdefghij'])).toMatch(/"h", … 2 more$/);
  });
});

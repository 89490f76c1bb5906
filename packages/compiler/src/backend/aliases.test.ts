import { describe, expect, it } from 'vitest';
import { descent, programOf } from '../test/programs.ts';
import { resolveAliases } from './aliases.ts';

describe('resolveAliases', () => {
  it('marks the input and the output of each pair', () => {
    expect(resolveAliases(descent, { w: 'w' })).toEqual({
      inputs: [true, false, false],
      outputs: [true],
    });
    expect(resolveAliases(descent, {})).toEqual({
      inputs: [false, false, false],
      outputs: [false],
    });
  });

  it('names the near match of an unknown input or output', () => {
    expect(() => resolveAliases(descent, { w: 'gradeint' })).toThrow(
      'descent › aliases › "w": the program has no input of this name, got "gradeint". Did you mean "gradient"?\nExpected one of: "w", "gradient", "rate".',
    );
    expect(() => resolveAliases(descent, { v: 'w' })).toThrow(
      expect.objectContaining({ code: 'ALIAS_UNKNOWN' }),
    );
  });

  it('rejects two outputs for one input', () => {
    const program = programOf('twice', ({ input, output }) => {
      const x = input('x', 'float32', [2]);
      output('a', x);
      output('b', x);
    });
    expect(() => resolveAliases(program, { a: 'x', b: 'x' })).toThrow(
      expect.objectContaining({ code: 'ALIAS_REPEATED' }),
    );
  });

  it('rejects a pair of different types', () => {
    expect(() => resolveAliases(descent, { w: 'rate' })).toThrow(
      expect.objectContaining({
        code: 'ALIAS_TYPE',
        message: expect.stringContaining('"shape":[4]'),
      }),
    );
  });
});

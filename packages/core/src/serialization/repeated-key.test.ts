import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKey } from './repeated-key.ts';

describe('repeatedKey', () => {
  it.each([
    ['{"a":1,"b":2,"a":3}', 'a'],
    ['{"a":{"x":1,"x":2}}', 'x'],
    ['{ "a" : 1 , "\\u0061"\n: 2 }', 'a'],
    ['{"":1,"":2}', ''],
    ['{"a\\"b":1,"a\\"b":1}', 'a"b'],
    ['{"a":1,"b":"a","c":["a","a"],"d":{"a":1,"e":{"a":2}}}', undefined],
    ['{"a":"\\"b\\":1","b":"}","c":"{\\\\","d":1}', undefined],
    ['{"a":[{"x":1},{"x":2}],"x":3}', undefined],
    ['{}', undefined],
  ])('finds in %s the key %j', (json, expected) => {
    expect(repeatedKey(json)).toBe(expected);
  });

  it('finds none in what JSON.stringify wrote, and one that was added', () => {
    const anyObject = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(anyObject, fc.string(), fc.nat(2), (object, key, spaces) => {
        const json = JSON.stringify(object, null, spaces);
        expect(repeatedKey(json)).toBeUndefined();
        const member = `${JSON.stringify(key)}:0`;
        expect(repeatedKey(`{${member},"unlikely":${json},${member}}`)).toBe(key);
      }),
    );
  });
});

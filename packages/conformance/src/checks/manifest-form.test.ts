import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { manifestComplaint } from './manifest-form.ts';

const { manifest } = createReferenceBackend();
const add = { dtypes: ['float32'], maximumRank: 4, nonFinite: true };
const of = (operators: unknown) => ({ ...manifest, operators });

describe('manifestComplaint', () => {
  it('finds nothing wrong with a manifest that keeps the contract', () => {
    expect(manifestComplaint(manifest)).toBeUndefined();
    expect(manifestComplaint(of({}))).toBeUndefined();
    expect(
      manifestComplaint(of({ conv2d: { ...add, limits: [{ attribute: 'groups', oneOf: [1] }] } })),
    ).toBeUndefined();
  });

  it.each([
    [null, 'manifest must be an object, got null.'],
    [[manifest], 'manifest must be an object, got [{'],
    [{ ...manifest, precision: 'half' }, 'manifest.precision is not one of the contract'],
    [{ ...manifest, subnormals: true }, 'manifest.subnormals is not one of'],
    [{ ...manifest, imageLayout: 'NHWC' }, 'Expected one of ["nhwc","nchw"].'],
    [
      { ...manifest, loopPolicy: undefined },
      "manifest.loopPolicy is not one of the contract's values, got undefined.",
    ],
    [{ ...manifest, threads: [] }, 'manifest.threads must list thread counts, got [].'],
    [{ ...manifest, threads: [1.5] }, 'got [1.5].'],
    [of([add]), 'manifest.operators must be an object by operator name, got [{'],
    [of({ plus: add }), 'names an operator that specification v1 has not, got "plus".'],
    [of({ add: true }), 'manifest.operators.add must be an object, got true.'],
    [
      of({ add: { ...add, dtypes: [] } }),
      'manifest.operators.add.dtypes must list element types, got [].',
    ],
    [of({ add: { ...add, dtypes: 'float32' } }), 'got "float32".'],
    [
      of({ add: { ...add, maximumRank: -1 } }),
      'maximumRank must be an integer of 0 or more, got -1.',
    ],
    [of({ add: { ...add, maximumRank: Number.NaN } }), 'got NaN.'],
    [
      of({ add: { ...add, nonFinite: 1 } }),
      'manifest.operators.add.nonFinite must be true or false, got 1.',
    ],
    [
      of({ add: { ...add, limits: {} } }),
      'manifest.operators.add.limits must list limits on attributes, got {}.',
    ],
  ])('says what is wrong with %j', (wrong, message) => {
    expect(manifestComplaint(wrong)).toContain(message);
  });
});

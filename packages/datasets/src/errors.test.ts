import { describe, expect, it } from 'vitest';
import { DatasetError, datasetErrorCodes } from './errors.ts';

describe('DatasetError', () => {
  it('carries code, message lines, details and cause', () => {
    const cause = new Error('underneath');
    const error = new DatasetError('IDX_TRUNCATED', ['a: b, got c.', 'Expected d.'], {
      cause,
      details: { length: 3 },
    });
    expect(error.message).toBe('a: b, got c.\nExpected d.');
    expect([error.name, error.code, error.details, error.cause]).toEqual([
      'DatasetError',
      'IDX_TRUNCATED',
      { length: 3 },
      cause,
    ]);
  });

  it('has no cause when there is none', () => {
    expect(new DatasetError('NO_FIELDS', 'a: b.')).not.toHaveProperty('cause');
  });

  it('is recognised by its brand, not by its class', () => {
    const foreign = Object.assign(new Error('x'), { name: 'DatasetError', '~etalon.error': true });
    expect(DatasetError.isInstance(new DatasetError('NO_FIELDS', 'a: b.'))).toBe(true);
    expect(DatasetError.isInstance(foreign)).toBe(true);
  });

  it.each([
    new Error('x'),
    Object.assign(new Error('x'), { name: 'ShapeError', '~etalon.error': true }),
    { name: 'DatasetError' },
    null,
    'DatasetError',
  ])('does not recognise %s', (value) => {
    expect(DatasetError.isInstance(value)).toBe(false);
  });

  it('lists each code once', () => {
    expect(new Set(datasetErrorCodes).size).toBe(datasetErrorCodes.length);
  });
});

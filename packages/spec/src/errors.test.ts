import { describe, expect, it } from 'vitest';
import { BackendError, EtalonError, ShapeError } from './errors.ts';

// What another installed copy of the package makes: no class of this one, but the same brand and name.
const foreign = Object.assign(new Error('x: no.'), {
  name: 'ShapeError',
  code: 'SHAPE_RANK',
  '~etalon.error': true,
});

describe('EtalonError', () => {
  it('carries code, message, details and cause under the name of its class', () => {
    const cause = new Error('engine');
    const error = new BackendError('BACKEND_RUN_FAILED', 'f: no.', { cause, details: { x: 1 } });
    expect(error).toMatchObject({
      name: 'BackendError',
      code: 'BACKEND_RUN_FAILED',
      message: 'f: no.',
      cause,
      details: { x: 1 },
    });
  });

  it('has neither cause nor details where none are given', () => {
    const error = new ShapeError('SHAPE_RANK', 'f: no.');
    expect('cause' in error).toBe(false);
    expect(error.details).toEqual({});
  });
});

describe('isInstance', () => {
  it('of the base recognises every family, also from another copy', () => {
    expect(EtalonError.isInstance(new ShapeError('SHAPE_RANK', 'f: no.'))).toBe(true);
    expect(EtalonError.isInstance(foreign)).toBe(true);
  });

  it('of a family recognises that family alone', () => {
    expect(ShapeError.isInstance(new ShapeError('SHAPE_RANK', 'f: no.'))).toBe(true);
    expect(ShapeError.isInstance(foreign)).toBe(true);
    expect(BackendError.isInstance(new ShapeError('SHAPE_RANK', 'f: no.'))).toBe(false);
    expect(BackendError.isInstance(foreign)).toBe(false);
  });

  it.each([undefined, null, 'ShapeError', {}, new Error('x'), { name: 'ShapeError' }])(
    'refuses %o',
    (value) => {
      expect(EtalonError.isInstance(value)).toBe(false);
      expect(ShapeError.isInstance(value)).toBe(false);
    },
  );
});

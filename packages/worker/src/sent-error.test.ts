import * as spec from '@etalon/spec';
import { BackendError, DisposedError, EtalonError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { packError, unpackError } from './sent-error.ts';

const sent = (thrown: unknown): unknown => unpackError(structuredClone(packError(thrown)));

const families = Object.values(spec).filter(
  (value) => typeof value === 'function' && value.prototype instanceof EtalonError,
) as unknown as readonly (typeof EtalonError)[];

describe('errors of Etalon', () => {
  it.each(families.map((family) => [family.name, family] as const))(
    '%s arrives in its class',
    (name, Family) => {
      const thrown = new Family('A_CODE', 'where: what.', { details: { sizes: [1, 2] } });
      const error = sent(thrown);
      expect(error).toBeInstanceOf(Family);
      expect(Family.isInstance(error)).toBe(true);
      expect(EtalonError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({
        name,
        code: 'A_CODE',
        message: 'where: what.',
        details: { sizes: [1, 2] },
        stack: thrown.stack,
      });
      expect('cause' in (error as object)).toBe(false);
    },
  );

  it('of a family that the contract does not know keep their name and code', () => {
    class OwnError extends EtalonError {}
    const error = sent(new OwnError('OWN_CODE', 'no.'));
    expect(error).toBeInstanceOf(EtalonError);
    expect(error).toMatchObject({ name: 'OwnError', code: 'OWN_CODE' });
  });

  it('keep the chain of their causes', () => {
    const native = Object.assign(new RangeError('out of bounds'), { code: 'ERR_OUT' });
    const middle = new DisposedError('TENSOR_CONSUMED', 'gone.', { cause: native });
    const error = sent(new BackendError('BACKEND_RUN_FAILED', 'no.', { cause: middle }));
    const { cause } = error as Error;
    expect(cause).toBeInstanceOf(DisposedError);
    expect((cause as Error).cause).toBeInstanceOf(RangeError);
    expect((cause as Error).cause).toMatchObject({ message: 'out of bounds', code: 'ERR_OUT' });
  });

  it('lose what cannot be cloned from their details, and nothing else', () => {
    const loop: Record<string, unknown> = { size: 3 };
    loop.again = loop;
    const details = {
      call: () => 1,
      map: new Map(),
      data: Float32Array.of(1),
      failure: new Error('x'),
      loop,
    };
    expect(sent(new BackendError('BACKEND_RUN_FAILED', 'no.', { details }))).toMatchObject({
      details: {
        call: '() => 1',
        map: '[object Map]',
        data: Float32Array.of(1),
        failure: 'Error: x',
        loop: { size: 3, again: { size: 3 } },
      },
    });
  });
});

describe('other things that are thrown', () => {
  it('arrive as errors with their names', () => {
    class EngineError extends Error {
      override readonly name = 'EngineError';
    }
    const error = sent(new EngineError('failed'));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'EngineError', message: 'failed' });
  });

  it.each([undefined, null, 'text', 5, { code: 3 }])('arrive as they are: %j', (value) => {
    expect(sent(value)).toEqual(value);
  });

  it('end where causes go round in a circle', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(sent(error)).toMatchObject({
      message: 'a',
      cause: { message: 'b', cause: { message: 'a' } },
    });
  });
});

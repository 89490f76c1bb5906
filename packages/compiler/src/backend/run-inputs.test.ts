import type { HostTensor, RunInputs } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { fakeEngine } from '../test/fake-executable.ts';
import { descent, float32 } from '../test/programs.ts';
import { bufferSlot } from './buffer-pool.ts';
import { PooledTensor } from './device-tensor.ts';
import { checkInputs, declareInputs } from './inputs.ts';

const declarations = declareInputs(descent);
const w = float32([4], [1, 2, 3, 4]);
const rate = float32([], [0.5]);
const good: RunInputs = { w, gradient: w, rate };
const { memory } = fakeEngine();

function check(inputs: Readonly<Record<string, unknown>>): unknown {
  return checkInputs('descent', declarations, inputs as RunInputs, memory);
}

function failure(inputs: Readonly<Record<string, unknown>>): { code: string; message: string } {
  try {
    check(inputs);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was thrown');
}

describe('checkInputs', () => {
  it('returns host and device tensors in the order of the program', () => {
    const gradient = new PooledTensor(memory, memory.pool.take(bufferSlot('float32', [4])));
    expect(check({ rate, gradient, w })).toEqual([w, gradient, rate]);
  });

  it('names a missing input and the name it was probably passed as', () => {
    expect(failure({ w, rate })).toMatchObject({
      code: 'INPUT_MISSING',
      message:
        'descent › input "gradient": no tensor was passed, got "w", "rate".\nExpected: "w", "gradient", "rate".',
    });
    expect(failure({ w, rate, gradeint: w }).message).toContain('Is it passed as "gradeint"?');
    expect(failure({ ...good, w: undefined }).code).toBe('INPUT_MISSING');
  });

  it('names an unknown input and its near match', () => {
    expect(failure({ ...good, rates: rate })).toMatchObject({
      code: 'INPUT_UNKNOWN',
      message:
        'descent: the program has no input of this name, got "rates". Did you mean "rate"?\nExpected: "w", "gradient", "rate".',
    });
  });

  it('rejects another dtype', () => {
    const wrong: HostTensor = { dtype: 'int32', shape: [4], data: new Int32Array(4) };
    expect(failure({ ...good, w: wrong })).toMatchObject({
      code: 'DTYPE_INPUT',
      message: 'descent › input "w": the dtype must be float32, got int32[4].',
    });
  });

  it('rejects data in an array of another class', () => {
    const wrong = { dtype: 'float32', shape: [4], data: new Float64Array(4) };
    expect(failure({ ...good, w: wrong })).toMatchObject({
      code: 'DTYPE_INPUT_DATA',
      message:
        'descent › input "w": the data of float32 must be in a Float32Array, got Float64Array.',
    });
  });

  it('rejects data of another length than the shape says', () => {
    const wrong = { ...w, data: new Float32Array(5) };
    expect(failure({ ...good, w: wrong })).toMatchObject({
      code: 'SHAPE_DATA_LENGTH',
      message: 'descent › input "w": shape [4] holds 4 elements, got 5 in its data.',
    });
  });

  it('rejects what is no tensor', () => {
    expect(failure({ ...good, w: 3 }).code).toBe('INPUT_INVALID');
    expect(failure({ ...good, w: null }).code).toBe('INPUT_INVALID');
    expect(failure({ ...good, w: new Float32Array(4) }).code).toBe('INPUT_INVALID');
  });

  it('rejects tensors of another backend and of another engine', () => {
    const other = fakeEngine('fake').memory;
    const same = new PooledTensor(other, other.pool.take(bufferSlot('float32', [4])));
    expect(failure({ ...good, w: same })).toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
      message:
        'descent › input "w": the tensor belongs to another backend, got one of another "fake".\nFix: pass `await tensor.read()`.',
    });
    const foreign = { dtype: 'float32', shape: [4], read: async () => w, dispose: () => {} };
    expect(failure({ ...good, w: foreign }).code).toBe('BACKEND_FOREIGN_TENSOR');
  });

  it('does not take inherited properties for inputs', () => {
    expect(failure(Object.create(good) as RunInputs).code).toBe('INPUT_MISSING');
  });
});

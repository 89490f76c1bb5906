import type { DeviceTensorV1, HostTensor, RunInputs } from '@etalon/spec';
import { DisposedError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { descent } from '../../test/descent-program.ts';
import type { DeviceTensorClass } from './run-inputs.ts';
import { checkRunInputs, declareRunInputs } from './run-inputs.ts';

const declarations = declareRunInputs(descent);
const w: HostTensor = { dtype: 'float32', shape: [4], data: Float32Array.of(1, 2, 3, 4) };
const rate: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(0.5) };
const good: RunInputs = { w, gradient: w, rate };

class FakeTensor implements DeviceTensorV1 {
  readonly dtype = 'float32';
  readonly shape = [4];
  readonly owner: string;
  isDisposed = false;

  constructor(owner: string) {
    this.owner = owner;
  }

  async read(): Promise<HostTensor> {
    return w;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

// Two backends may have one name.
const mine = new FakeTensor('fake');
const tensors: DeviceTensorClass<FakeTensor> = {
  backend: 'fake',
  isTensor: (value) => value instanceof FakeTensor,
  otherOwner: (tensor) => (tensor === mine ? undefined : tensor.owner),
  requireLive: (tensor, where) => {
    if (tensor.isDisposed) throw new DisposedError('TENSOR_DISPOSED', `${where}: it was disposed.`);
  },
};

function check(inputs: Readonly<Record<string, unknown>>): unknown {
  return checkRunInputs('descent', declarations, inputs as RunInputs, tensors);
}

function failure(inputs: Readonly<Record<string, unknown>>): { code: string; message: string } {
  try {
    check(inputs);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was thrown');
}

describe('checkRunInputs', () => {
  it('returns host and device tensors in the order of the program', () => {
    expect(check({ rate, gradient: mine, w })).toEqual([w, mine, rate]);
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
        'descent › input "w": the data of a float32 tensor must be in a Float32Array, got Float64Array.',
    });
  });

  it('rejects data of another length than the shape says', () => {
    const wrong = { ...w, data: new Float32Array(5) };
    expect(failure({ ...good, w: wrong })).toMatchObject({
      code: 'SHAPE_DATA_LENGTH',
      message: 'descent › input "w": the data does not fill the shape, got 5 elements for [4].',
    });
  });

  it('rejects what is no tensor', () => {
    expect(failure({ ...good, w: 3 }).code).toBe('INPUT_INVALID');
    expect(failure({ ...good, w: null }).code).toBe('INPUT_INVALID');
    expect(failure({ ...good, w: new Float32Array(4) }).code).toBe('INPUT_INVALID');
  });

  it('rejects tensors of another backend and of another engine', () => {
    expect(failure({ ...good, w: new FakeTensor('fake') })).toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
      message:
        'descent › input "w": the tensor belongs to another backend, got one of another "fake".\nFix: pass `await tensor.read()`.',
    });
    const foreign = { dtype: 'float32', shape: [4], read: async () => w, dispose: () => {} };
    expect(failure({ ...good, w: foreign }).code).toBe('BACKEND_FOREIGN_TENSOR');
  });

  it('rejects a tensor that has ended', () => {
    mine.dispose();
    expect(failure({ ...good, w: mine }).code).toBe('TENSOR_DISPOSED');
    mine.isDisposed = false;
  });

  it('does not take inherited properties for inputs', () => {
    expect(failure(Object.create(good) as RunInputs).code).toBe('INPUT_MISSING');
  });
});

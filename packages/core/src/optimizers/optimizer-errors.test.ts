import { reshape, tensor, traceProgram } from '@etalon/compiler';
import type { DType } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { adam, adamW } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

function expectError(call: () => unknown, name: string, code: string, message: string): void {
  expect(call).toThrow(expect.objectContaining({ name, code, message }));
}

interface Types {
  readonly gradient?: readonly [DType, readonly number[]];
  readonly step?: readonly [DType, readonly number[]];
  readonly slots?: readonly string[];
}

function update(optimizer: Optimizer, types: Types): () => unknown {
  const { gradient = ['float32', [2, 3]], step = ['float32', []], slots } = types;
  const parameter = tensor('float32', [2, 3]);
  const inputs = {
    parameter,
    gradient: tensor(...gradient),
    step: tensor(...step),
    slots: Object.fromEntries((slots ?? optimizer.slots).map((slot) => [slot, parameter])),
  };
  return () => traceProgram('update', inputs, (context) => ({ ...optimizer.update(context) }));
}

describe('options', () => {
  it.each<[string, () => Optimizer, string, number, string]>([
    ['sgd', () => sgd({ learningRate: -1 }), 'learningRate', -1, 'of at least 0'],
    ['sgd', () => sgd({ learningRate: Number.NaN }), 'learningRate', Number.NaN, 'of at least 0'],
    ['sgd', () => sgd({ learningRate: 1, momentum: 1 }), 'momentum', 1, 'in [0, 1)'],
    ['sgd', () => sgd({ learningRate: 1, weightDecay: -2 }), 'weightDecay', -2, 'of at least 0'],
    ['adam', () => adam({ learningRate: Infinity }), 'learningRate', Infinity, 'of at least 0'],
    ['adam', () => adam({ beta1: 1 }), 'beta1', 1, 'in [0, 1)'],
    ['adam', () => adam({ beta2: -0.1 }), 'beta2', -0.1, 'in [0, 1)'],
    ['adam', () => adam({ epsilon: 0 }), 'epsilon', 0, 'of at least 2^-126, or about 1.2e-38'],
    [
      'adamW',
      () => adamW({ epsilon: 1e-60 }),
      'epsilon',
      1e-60,
      'of at least 2^-126, or about 1.2e-38',
    ],
    ['adamW', () => adamW({ weightDecay: -1 }), 'weightDecay', -1, 'of at least 0'],
    ['rmsprop', () => rmsprop({ rho: 2 }), 'rho', 2, 'in [0, 1)'],
    ['rmsprop', () => rmsprop({ momentum: -1 }), 'momentum', -1, 'in [0, 1)'],
    [
      'rmsprop',
      () => rmsprop({ epsilon: -1 }),
      'epsilon',
      -1,
      'of at least 2^-126, or about 1.2e-38',
    ],
  ])('%s refuses an option outside its range (case %#)', (name, make, option, value, range) => {
    const message = `${name}: ${option} is out of range, got ${value}.\nExpected a number ${range}.`;
    expectError(make, 'AttributeError', 'OPTION_RANGE', message);
  });

  it('refuses a missing learning rate', () => {
    const message =
      'sgd: learningRate is out of range, got undefined.\nExpected a number of at least 0.';
    expectError(() => sgd({} as never), 'AttributeError', 'OPTION_RANGE', message);
  });

  it("refuses Nesterov's momentum without momentum", () => {
    const message =
      'sgd: nesterov needs momentum, got momentum 0.\nFix: sgd({ momentum: 0.9, nesterov: true, … }).';
    expectError(
      () => sgd({ learningRate: 1, nesterov: true }),
      'AttributeError',
      'OPTION_NESTEROV',
      message,
    );
  });

  it('refuses a learning rate function that returns something else than a scalar', () => {
    const wrong = 'learningRate(step) must return a float32 scalar, got';
    expectError(
      update(sgd({ learningRate: (step) => reshape(step, [1]) }), {}),
      'AttributeError',
      'OPTION_LEARNING_RATE',
      `sgd: ${wrong} float32[1].`,
    );
    expectError(
      update(adam({ learningRate: (() => 0.1) as never }), {}),
      'AttributeError',
      'OPTION_LEARNING_RATE',
      `adam: ${wrong} 0.1.`,
    );
  });
});

describe.each([
  [sgd({ learningRate: 1, momentum: 0.5 }), 'velocity'],
  [adam(), 'gradientSum'],
  [adamW(), 'gradientSum'],
  [rmsprop(), 'squareSum'],
])('update', (optimizer, slot) => {
  const { name } = optimizer;

  it(`of ${name} refuses a gradient that would be broadcast`, () => {
    expectError(
      update(optimizer, { gradient: ['float32', [3]] }),
      'ShapeError',
      'SHAPE_OPTIMIZER',
      `${name}: gradient must have the parameter's shape, got float32[3] for float32[2, 3].`,
    );
  });

  it(`of ${name} refuses other dtypes than float32`, () => {
    expectError(
      update(optimizer, { gradient: ['int32', [2, 3]] }),
      'DTypeError',
      'DTYPE_OPTIMIZER',
      `${name}: gradient must be float32, got int32[2, 3].`,
    );
  });

  it(`of ${name} refuses a step that is no float32 scalar`, () => {
    expectError(
      update(optimizer, { step: ['int32', []] }),
      'DTypeError',
      'DTYPE_OPTIMIZER',
      `${name}: step must be float32, got int32[].`,
    );
    expectError(
      update(optimizer, { step: ['float32', [1]] }),
      'ShapeError',
      'SHAPE_OPTIMIZER',
      `${name}: step must be a scalar, got float32[1].`,
    );
  });

  it(`of ${name} refuses the state of another optimizer`, () => {
    expectError(
      update(optimizer, { slots: ['other'] }),
      'DataError',
      'OPTIMIZER_SLOT',
      `${name}: there is no value for slot "${slot}", got ["other"].\nFix: begin with initializeOptimizer() of the same optimizer.`,
    );
  });
});

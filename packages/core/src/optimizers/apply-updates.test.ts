import type { Tensor } from '@etalon/compiler';
import { add, reshape, tensor, traceProgram } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { floats } from '../../test/support/tensors.ts';
import vectors from '../../test/vectors/optimizers.json' with { type: 'json' };
import { defineProgram } from '../model/define-program.ts';
import { adam, adamW } from './adam.ts';
import { applyUpdates } from './apply-updates.ts';
import type { Optimizer } from './optimizer.ts';
import { initializeOptimizer, optimizerState } from './optimizer-state.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

const count = vectors.start.length;

// The vectors' parameters in two nested pieces: elements do not depend on each other.
const types = { first: [tensor('float32', [3])], rest: tensor('float32', [count - 3]) };
const treeOf = (values: readonly number[]) => ({
  first: [floats(values.slice(0, 3))],
  rest: floats(values.slice(3)),
});

async function trajectory(optimizer: Optimizer): Promise<readonly (readonly number[])[]> {
  const program = defineProgram(
    { parameters: types, gradients: types, state: optimizerState(optimizer, types) },
    (inputs) => ({ ...applyUpdates(optimizer, inputs) }),
  );
  const loop = await program.prepare(createReferenceBackend());
  const first = treeOf(vectors.start);
  const ways: (readonly number[])[] = [];
  let inputs: unknown = { parameters: first, state: initializeOptimizer(optimizer, first) };
  for (const gradients of vectors.gradients) {
    const outputs = await loop.run({
      ...(inputs as object),
      gradients: treeOf(gradients),
    } as never);
    const { first: pieces, rest } = outputs.parameters;
    const parts = await Promise.all([...pieces, rest].map((piece) => piece.read()));
    ways.push(parts.flatMap(({ data }) => [...data]));
    const step = await outputs.state.step.read();
    expect([step.dtype, ...step.data]).toEqual(['int32', ways.length]);
    inputs = outputs;
  }
  return ways;
}

describe('applyUpdates', () => {
  it.each<[string, (options: never) => Optimizer]>([
    ['sgd', sgd],
    ['adam', adam],
    ['adamW', adamW],
    ['rmsprop', rmsprop],
  ])('takes a tree of parameters the way of PyTorch (%s)', async (name, make) => {
    const runs = vectors.trajectories.filter(
      (run) => run.name === name && !('inverseRootRate' in run.options),
    );
    expect(runs.length).toBeGreaterThan(0);
    for (const { options, parameters } of runs) {
      const actual = await trajectory(make(options as never));
      expect(actual).toHaveLength(parameters.length);
      parameters.forEach((expected, step) => {
        expected.forEach((value, index) => {
          const scale = Math.max(1e-3, Math.abs(value), Math.abs(vectors.start[index] ?? 0));
          const difference = Math.abs((actual[step]?.[index] ?? Number.NaN) - value);
          // constants of the program are rounded to float32
          expect(difference).toBeLessThanOrEqual(1e-6 * scale);
        });
      });
    }
  });

  it('gives the learning rate the number of the update, from 1', async () => {
    const optimizer = sgd({ learningRate: (step) => step });
    const program = defineProgram(
      { x: tensor('float32', []), state: optimizerState(optimizer, tensor('float32', [])) },
      ({ x, state }) => {
        const next = applyUpdates(optimizer, { parameters: x, gradients: x, state });
        return { x: next.parameters, state: next.state };
      },
    );
    const runnable = await program.prepare(createReferenceBackend());
    const x = floats([3], []);
    const first = await runnable.run({ x, state: initializeOptimizer(optimizer, x) });
    expect([...(await first.x.read()).data]).toEqual([0]);
    const second = await runnable.run({ ...first, x });
    expect([...(await second.x.read()).data]).toEqual([-3]);
  });

  it('puts the path of the parameter on the nodes', () => {
    const { nodes } = traceProgram(
      'update',
      { p: { 'dense_1/kernel': tensor('float32', [2]) }, step: tensor('int32', []) },
      ({ p, step }) =>
        applyUpdates(sgd({ learningRate: 1 }), {
          parameters: p,
          gradients: p,
          state: { step, slots: {} },
        }).parameters,
    );
    expect(nodes.map(({ path }) => path)).toContain('sgd › dense_1/kernel › sub');
  });
});

describe('applyUpdates refuses', () => {
  const vector = tensor('float32', [2]);
  const update = (
    change: (inputs: { readonly a: Tensor; readonly b: Tensor; readonly step: Tensor }) => object,
  ) =>
    caught(() =>
      traceProgram('update', { a: vector, b: vector, step: tensor('int32', []) }, (inputs) => {
        const { a, b, step } = inputs;
        const tree = { a, b };
        const optimizer = sgd({ learningRate: 1, momentum: 0.5 });
        const state = { step, slots: { velocity: tree } };
        const all = { parameters: tree, gradients: tree, state, ...change(inputs) };
        return { ...applyUpdates(optimizer, all) };
      }),
    );

  it.each([
    ['missing', ({ a }: { a: Tensor }) => ({ a }), 'got none for "b"'],
    [
      'unknown',
      ({ a, b }: { a: Tensor; b: Tensor }) => ({ a, b, c: a }),
      'got one for "c", which is none',
    ],
  ])('a gradient that is %s', (_, gradients, got) => {
    expect(update((inputs) => ({ gradients: gradients(inputs) }))).toMatchObject({
      name: 'DataError',
      code: 'OPTIMIZER_GRADIENT',
      message: `sgd: there must be one gradient for each parameter, ${got}.\nFix: pass the gradients that valueAndGradient() returned for these parameters.`,
    });
  });

  it('the state of another optimizer', () => {
    expect(
      update(({ a, b, step }) => ({ state: { step, slots: { squareSum: { a, b } } } })),
    ).toMatchObject({
      code: 'OPTIMIZER_SLOT',
    });
  });

  it.each([
    [
      'DTYPE_OPTIMIZER',
      ({ a }: { a: Tensor }) => reshape(add(a, a), [2]),
      'sgd: step must be int32, got float32[2].',
    ],
    [
      'SHAPE_OPTIMIZER',
      ({ step }: { step: Tensor }) => reshape(step, [1]),
      'sgd: step must be a scalar, got int32[1].',
    ],
  ] as const)('a step that does not count (%s)', (code, step, message) => {
    const error = update((inputs) => ({
      state: { step: step(inputs), slots: { velocity: { a: inputs.a, b: inputs.b } } },
    }));
    expect(error).toMatchObject({ code, message });
  });

  it('a slot that the optimizer does not give back', () => {
    const forgetful: Optimizer = {
      name: 'forgetful',
      slots: ['memory'],
      update: ({ parameter }) => ({ parameter, slots: {} }),
    };
    const error = caught(() =>
      traceProgram('update', { p: vector, step: tensor('int32', []) }, ({ p, step }) => {
        const state = { step, slots: { memory: p } };
        return { ...applyUpdates(forgetful, { parameters: p, gradients: p, state }) };
      }),
    );
    expect(error).toMatchObject({
      code: 'OPTIMIZER_SLOT',
      message:
        'forgetful: update() must return a value for every slot, got [].\nExpected "memory" among them.',
    });
  });
});

describe('the state of an optimizer', () => {
  const parameters = { kernel: tensor('float32', [2, 3]), biases: [tensor('float32', [3])] };

  it('is declared in the nesting of the parameters', () => {
    const { step, slots } = optimizerState(adam(), parameters);
    expect(step).toMatchObject({ dtype: 'int32', shape: [] });
    expect(slots).toEqual({ gradientSum: parameters, squareSum: parameters });
    expect(optimizerState(sgd({ learningRate: 1 }), parameters).slots).toEqual({});
  });

  it('begins with zeros, in arrays of its own', () => {
    const values = { kernel: floats([1, 2, 3, 4, 5, 6], [2, 3]), biases: [floats([7, 8, 9])] };
    const { step, slots } = initializeOptimizer(adam(), values);
    const zeros = { kernel: floats([0, 0, 0, 0, 0, 0], [2, 3]), biases: [floats([0, 0, 0])] };
    expect(step).toEqual({ dtype: 'int32', shape: [], data: Int32Array.of(0) });
    expect(slots).toEqual({ gradientSum: zeros, squareSum: zeros });
    expect(slots.gradientSum?.kernel.data).not.toBe(slots.squareSum?.kernel.data);
  });

  it('refuses parameters that cannot be trained, and what is no tree of parameters', () => {
    expect(caught(() => optimizerState(adam(), { ids: tensor('int32', [4]) }))).toMatchObject({
      name: 'DTypeError',
      code: 'DTYPE_OPTIMIZER',
      message:
        'adam: parameter "ids" must be float32, got int32[4].\nFix: keep what is not trained outside of the tree of parameters.',
    });
    expect(caught(() => initializeOptimizer(adam(), { x: 3 }))).toMatchObject({
      code: 'TREE_LEAF',
    });
  });
});

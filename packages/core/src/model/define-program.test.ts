import type { Tensor } from '@etalon/compiler';
import {
  add,
  gradient,
  mul,
  randomKey,
  randomNormal,
  reduceMean,
  reduceSum,
  sqrt,
  square,
  sub,
  tensor,
  valueAndGradient,
} from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import type { DeviceTensorV1, HostTensor } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught, rejected } from '../../test/support/errors.ts';
import { modelOf } from '../../test/support/models.ts';
import { floats } from '../../test/support/tensors.ts';
import { dense } from '../layers/dense.ts';
import { sequential } from '../layers/sequential.ts';
import { stateOf } from './define-model.ts';
import { defineProgram } from './define-program.ts';

const backend = createReferenceBackend();

async function numbers(tensor: DeviceTensorV1): Promise<readonly number[]> {
  return [...(await tensor.read()).data];
}

describe('defineProgram', () => {
  it('takes and returns trees, whose paths name the inputs and outputs', async () => {
    const program = defineProgram(
      {
        pair: [tensor('float32', ['n']), tensor('float32', ['n'])],
        scale: { by: tensor('float32', []) },
      },
      ({ pair: [a, b], scale }) => ({
        sums: { plain: add(a as Tensor, b as Tensor), scaled: [mul(a as Tensor, scale.by)] },
      }),
      { name: 'trees' },
    );
    expect(program.program.name).toBe('trees');
    expect(program.program.inputs.map(({ name }) => name)).toEqual([
      'pair/0',
      'pair/1',
      'scale/by',
    ]);
    expect(program.program.outputs.map(({ name }) => name)).toEqual([
      'sums/plain',
      'sums/scaled/0',
    ]);
    const runnable = await program.prepare(backend);
    const { sums } = await runnable.run({
      pair: [floats([1, 2]), floats([10, 20])],
      scale: { by: floats([3], []) },
    });
    expect(await numbers(sums.plain)).toEqual([11, 22]);
    expect(await Promise.all(sums.scaled.map(numbers))).toEqual([[3, 6]]);
    expect(await runnable.placement()).toHaveLength(runnable.program.nodes.length);
    runnable.dispose();
    expect(
      (await rejected(runnable.run({ pair: [], scale: { by: floats([]) } } as never))).name,
    ).toBe('DisposedError');
  });

  it('lets an output take the memory of an input', async () => {
    const program = defineProgram({ state: { x: tensor('float32', ['n']) } }, ({ state }) => ({
      state: { x: mul(state.x, 2) },
    }));
    const runnable = await program.prepare(backend, { aliases: { 'state/x': 'state/x' } });
    const first = await runnable.run({ state: { x: floats([1, 2]) } });
    const second = await runnable.run(first);
    expect(await numbers(second.state.x)).toEqual([4, 8]);
    expect((await rejected(first.state.x.read())).name).toBe('DisposedError');
  });

  it('differentiates twice: a gradient penalty', async () => {
    const critic = modelOf(sequential(dense(3, { activation: 'tanh' }), dense(1)));
    const variables = critic.initialize(5);
    // (|∂critic/∂x| - 1)², Gulrajani et al. 2017, equation 3
    const penalty = (parameters: Readonly<Record<string, Tensor>>, x: Tensor): Tensor => {
      const slope = gradient((input: Tensor) =>
        reduceSum(critic.apply({ parameters, state: {} }, { x: input }).outputs.y),
      )(x);
      const norm = sqrt(reduceSum(square(slope), { axes: [1] }));
      return reduceMean(square(sub(norm, 1)));
    };
    const program = defineProgram(
      { critic: stateOf(critic), x: tensor('float32', ['batch', 4]) },
      (inputs) => valueAndGradient(penalty)(inputs.critic.parameters, inputs.x),
    );
    const runnable = await program.prepare(backend);
    const x = floats([0.3, -0.1, 0.8, 0.5, -0.4, 0.2, 0.1, -0.9], [2, 4]);
    const run = async (kernel: HostTensor) => {
      const parameters = { ...variables.parameters, 'dense_1/kernel': kernel };
      return runnable.run({ critic: { parameters, state: {} }, x } as never);
    };
    const kernel = variables.parameters['dense_1/kernel'] as HostTensor;
    const { gradients } = await run(kernel);
    const found = await numbers(gradients['dense_1/kernel'] as DeviceTensorV1);
    // central differences; the step is a power of two, so that the shifted kernel is exact in float32
    const step = 2 ** -8;
    for (const index of [0, 4, 11]) {
      const shifted = async (by: number): Promise<number> => {
        const data = Float32Array.from(kernel.data);
        data[index] = (data[index] ?? 0) + by;
        const by32 = (data[index] ?? 0) - (kernel.data[index] ?? 0);
        const { value } = await run({ dtype: 'float32', shape: kernel.shape, data });
        expect(Math.abs(by32 - by)).toBeLessThan(1e-7);
        return (await numbers(value))[0] ?? Number.NaN;
      };
      const slope = ((await shifted(step)) - (await shifted(-step))) / (2 * step);
      expect(found[index]).toBeCloseTo(slope, 4);
    }
    // the bias of the last layer does not move the slope
    expect(await numbers(gradients['dense_2/bias'] as DeviceTensorV1)).toEqual([0]);
  });

  it('draws at random by the key of the run', async () => {
    const program = defineProgram({ x: tensor('float32', ['n']) }, ({ x }) => ({
      y: add(x, randomNormal(['n'])),
    }));
    const runnable = await program.prepare(backend);
    const draw = async (seed: number): Promise<readonly number[]> =>
      numbers((await runnable.run({ x: floats([0, 0, 0]) }, { key: randomKey(seed) })).y);
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
    expect((await rejected(runnable.run({ x: floats([0]) }))).code).toBe('RANDOM_KEY_MISSING');
  });

  it.each([
    ['nothing', undefined, 'undefined'],
    ['a number', 3, '3'],
  ])('refuses a body that returns %s', (_, returned, got) => {
    const define = (): unknown =>
      defineProgram({ x: tensor('float32', []) }, () => returned as never);
    expect(caught(define)).toMatchObject({
      name: 'ProgramError',
      code: 'PROGRAM_OUTPUT',
      message: `program: the body must return tensors by name, got ${got}.\nFix: return an object such as { loss }.`,
    });
  });

  it('refuses a body that returns one tensor', () => {
    const define = (): unknown =>
      defineProgram({ x: tensor('float32', []) }, ({ x }) => x as never, { name: 'loss' });
    expect(caught(define).message).toContain(
      'loss: the body must return tensors by name, got one tensor.',
    );
  });

  it('names the leaf that a run lacks', async () => {
    const runnable = await defineProgram({ a: { b: tensor('float32', []) } }, ({ a }) => ({
      y: a.b,
    })).prepare(backend);
    expect(await rejected(runnable.run({ a: {} } as never))).toMatchObject({
      code: 'INPUT_MISSING',
      message: expect.stringContaining('program › input "a/b": no tensor was passed'),
    });
  });
});

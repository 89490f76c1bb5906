import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { denseProgram, loopProgram } from '../../test/sample-programs.ts';
import type { Tensor } from '../index.ts';
import {
  add,
  mul,
  nameScope,
  randomNormal,
  randomUniform,
  scan,
  tanh,
  tensor,
  traceProgram,
  verifyProgram,
} from '../index.ts';
import { atIteration } from '../tracing/name-scope.ts';
import { hoistRandomness } from './hoist-randomness.ts';

describe(hoistRandomness, () => {
  it('turns draws into inputs after those of the program', () => {
    const { program, draws } = hoistRandomness(denseProgram());
    verifyProgram(program);
    expect(program.inputs.map(({ name, value }) => [name, program.values[value]])).toEqual([
      ['x', { dtype: 'float32', shape: ['batch', 2, 2] }],
      ['parameters/kernel', { dtype: 'float32', shape: [4, 3] }],
      ['random/dropout_1 › bernoulli', { dtype: 'bool', shape: ['batch', 3] }],
    ]);
    expect(program.nodes.map(({ operator }) => operator)).toEqual([
      'reshape',
      'matmul',
      'add',
      'relu',
      'where',
      'reduceMean',
    ]);
    expect(draws).toMatchObject([
      {
        name: 'random/dropout_1 › bernoulli',
        shape: ['batch', 3],
        node: { operator: 'randomBernoulli', attributes: { probability: 0.75 } },
      },
    ]);
  });

  it('takes draws from between other nodes, also where they are outputs', () => {
    const inputs = { x: tensor('float32', [2]) };
    const drawn = traceProgram('model', inputs, ({ x }) => {
      const noise = randomNormal([2]);
      const sum = tanh(add(x, noise));
      return {
        noise,
        y: mul(
          sum,
          nameScope('scale', () => randomUniform([2], { low: -1 })),
        ),
      };
    });
    const { program, draws } = hoistRandomness(drawn);
    verifyProgram(program);
    expect(draws.map(({ name }) => name)).toEqual(['random/normal', 'random/scale › uniform']);
    expect(program.nodes.map(({ operator }) => operator)).toEqual(['add', 'tanh', 'mul']);
    expect(program.outputs.find(({ name }) => name === 'noise')?.value).toBe(1);
  });

  it('returns a program without draws as it is', () => {
    const plain = traceProgram('model', { x: tensor('float32', [2]) }, ({ x }) => ({ y: tanh(x) }));
    expect(hoistRandomness(plain)).toEqual({ program: plain, draws: [] });
  });

  it('tells iterations apart that share a stream', () => {
    const program = traceProgram('model', {}, () => ({
      steps: [0, 1].map((offset) => atIteration(offset, () => randomNormal([]))),
    }));
    expect(hoistRandomness(program).draws.map(({ name }) => name)).toEqual([
      'random/normal',
      'random/normal +1',
    ]);
  });

  it('refuses two draws of one stream', () => {
    const program = traceProgram('model', {}, () => ({ a: randomNormal([]), b: randomNormal([]) }));
    const [first] = program.nodes;
    const nodes = program.nodes.map((node) => ({ ...first, outputs: node.outputs }) as typeof node);
    expect(caught(() => hoistRandomness({ ...program, nodes }))).toMatchObject({
      name: 'ProgramError',
      code: 'RANDOM_STREAM_CONFLICT',
      message:
        'program "model": two random draws share a stream, got "normal" and "normal".\nFix: give one of them another name.',
    });
  });

  it('refuses two names whose hashes are equal, for they give equal draws', () => {
    // English words with one 32-bit FNV-1a hash.
    const program = traceProgram('model', {}, () => ({
      a: randomNormal([], { stream: 'costarring' }),
      b: randomNormal([], { stream: 'liquid' }),
    }));
    expect(caught(() => hoistRandomness(program))).toMatchObject({
      code: 'RANDOM_STREAM_CONFLICT',
    });
  });
});

describe('draws in bodies', () => {
  it('become stacked operands, between the stacked and the invariant ones', () => {
    const { program, draws } = hoistRandomness(loopProgram());
    verifyProgram(program);
    expect(draws).toMatchObject([
      {
        name: 'random/epoch › bernoulli',
        dtype: 'bool',
        shape: ['time', 3],
        levels: [{ length: 'time', draws: 'advance' }],
      },
    ]);
    const [node] = program.nodes;
    expect(node?.inputs).toEqual([0, 1, 3, 2]);
    expect(node?.attributes).toMatchObject({ carried: 1, stacked: 2 });
  });

  it('have an axis for every loop around them, the outermost first', () => {
    const nested = traceProgram('model', { x: tensor('float32', ['n', 2]) }, ({ x }) => {
      const inner = (state: Tensor, row: Tensor) =>
        scan((a: Tensor) => ({ carried: add(a, mul(row, randomNormal([2]))), stacked: {} }), {
          carried: state,
          length: 4,
          draws: 'advance',
        });
      return scan(
        (state: Tensor, row: Tensor) => ({
          carried: add(inner(state, row).carried, randomNormal([])),
          stacked: randomUniform([3]),
        }),
        { carried: randomNormal([2]), stacked: x },
      );
    });
    const { program, draws } = hoistRandomness(nested);
    verifyProgram(program);
    const append = { length: 'n', draws: 'append' };
    expect(draws.map(({ name, shape, levels }) => [name, shape, levels])).toEqual([
      ['random/normal', [2], []],
      ['random/normal 2', ['n', 4, 2], [append, { length: 4, draws: 'advance' }]],
      ['random/normal 3', ['n'], [append]],
      ['random/uniform', ['n', 3], [append]],
    ]);
  });

  it('are refused when they share a stream with one outside', () => {
    const shared = traceProgram('model', { x: tensor('float32', [2]) }, ({ x }) =>
      scan((a: Tensor) => ({ carried: add(a, randomNormal([2])), stacked: {} }), {
        carried: add(x, randomNormal([2], { stream: 'other' })),
        length: 2,
      }),
    );
    const text = JSON.stringify(shared.nodes).replaceAll('"other"', '"normal"');
    const conflicting = { ...shared, nodes: JSON.parse(text) };
    expect(caught(() => hoistRandomness(conflicting))).toMatchObject({
      code: 'RANDOM_STREAM_CONFLICT',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { manifestOf, manifestWithout } from '../../test/manifests.ts';
import {
  decompose,
  logicalXor,
  matmul,
  nameScope,
  softmax,
  tensor,
  traceProgram,
  verifyProgram,
} from '../index.ts';

const inputs = { x: tensor('float32', ['n', 2]), flag: tensor('bool', []) };

describe(decompose, () => {
  const program = traceProgram('model', inputs, ({ x, flag }) => ({
    y: nameScope('head', () => softmax(x)),
    f: logicalXor(flag, flag),
  }));

  it('changes nothing where nothing is lacking', () => {
    expect(decompose(program, manifestWithout(), 'fake')).toStrictEqual(program);
  });

  it('replaces what is lacking, under its path', () => {
    const decomposed = decompose(program, manifestWithout('softmax'), 'fake');
    verifyProgram(decomposed);
    expect(decomposed.nodes.map(({ path }) => path)).toEqual([
      'head › softmax › reduceMax',
      'head › softmax › sub',
      'head › softmax › exp',
      'head › softmax › reduceSum',
      'head › softmax › div',
      'logicalXor',
    ]);
  });

  it('replaces what replacements are made of', () => {
    const decomposed = decompose(program, manifestWithout('logicalXor', 'notEqual'), 'fake');
    verifyProgram(decomposed);
    expect(decomposed.nodes.map(({ path }) => path).slice(1)).toEqual([
      'logicalXor › notEqual › equal',
      'logicalXor › notEqual › logicalNot',
    ]);
  });

  it('refuses an operator that is lacking and does not decompose', () => {
    const error = caught(() => decompose(program, manifestWithout('softmax', 'exp'), 'fake'));
    expect(error).toMatchObject({
      name: 'UnsupportedOperatorError',
      code: 'OPERATOR_UNSUPPORTED',
      message:
        'head › softmax › exp: backend "fake" cannot run it, operator "exp" is not declared.\nFix: choose another backend, or build the model without this operator.',
      details: { operator: 'exp', backend: 'fake' },
    });
  });

  it('refuses a dtype or rank that is lacking', () => {
    const product = traceProgram('model', { x: tensor('float32', [2, 2, 2]) }, ({ x }) => ({
      y: nameScope('dense_1', () => matmul(x, x)),
    }));
    const matrices = { dtypes: ['float32'], maximumRank: 2, nonFinite: true } as const;
    expect(
      caught(() => decompose(product, manifestOf({ matmul: matrices }), 'fake')),
    ).toMatchObject({
      code: 'OPERATOR_UNSUPPORTED',
      message:
        'dense_1 › matmul: backend "fake" cannot run it, rank 3 of "matmul" is above the declared maximum of 2.\nFix: choose another backend, or build the model without this operator.',
    });
  });
});

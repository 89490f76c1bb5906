import { describe, expect, it } from 'vitest';
import { manifestOf, manifestWithout } from '../../test/manifests.ts';
import type { Tensor } from '../index.ts';
import { add, randomNormal, reduceSum, scan, sqrt, tensor, traceProgram } from '../index.ts';
import { assertSupported } from './assert-supported.ts';

const manifest = manifestWithout();

describe('assertSupported', () => {
  it('accepts what the manifest declares', () => {
    const program = traceProgram('sum', { x: tensor('int32', ['n', 2]) }, ({ x }) => ({
      y: reduceSum(x, { axes: 1 }),
    }));
    expect(() => assertSupported(program, manifest, 'fake')).not.toThrow();
  });

  it('names the node of a random draw', () => {
    const program = traceProgram('noisy', {}, () => ({ y: randomNormal([2]) }));
    const path = program.nodes[0]?.path;
    expect(() => assertSupported(program, manifest, 'fake')).toThrow(
      expect.objectContaining({
        code: 'OPERATOR_UNSUPPORTED',
        message: `noisy › ${path}: backend "fake" does not run this node, got: operator "randomNormal" is not declared.\nFix: use \`prepare(program, backend)\`, which rewrites what a backend lacks and draws random numbers.`,
        details: { operator: 'randomNormal', path, backend: 'fake' },
      }),
    );
  });

  it('names the node of a dtype outside the manifest', () => {
    const program = traceProgram('root', { x: tensor('float32', [2]) }, ({ x }) => ({
      y: sqrt(x),
    }));
    const integers = manifestOf({
      sqrt: { dtypes: ['int32'], maximumRank: 8, nonFinite: true },
    });
    expect(() => assertSupported(program, integers, 'fake')).toThrow(
      /^root › sqrt: .*dtype float32 of "sqrt"/,
    );
  });

  it('looks into the bodies of loops', () => {
    const program = traceProgram('loop', { x: tensor('float32', [2]) }, ({ x }) => {
      const step = (total: Tensor) => ({ carried: add(total, sqrt(total)), stacked: {} });
      return { y: scan(step, { carried: x, length: 3 }).carried };
    });
    const without = manifestWithout('sqrt');
    expect(() => assertSupported(program, without, 'fake')).toThrow(
      /operator "sqrt" is not declared/,
    );
  });
});

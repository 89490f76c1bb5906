import { erf, gelu, neg, randomNormal, tensor, traceProgram } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import type { BackendManifestV1, OperatorName } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { lackOf } from './support.ts';

const { manifest } = createReferenceBackend();
const ordinary = { special: false, subnormal: false };

function without(...names: readonly OperatorName[]): BackendManifestV1 {
  const operators = Object.fromEntries(
    Object.entries(manifest.operators).filter(([name]) => !names.includes(name as OperatorName)),
  );
  return { ...manifest, operators };
}

const types = { x: tensor('float32', [2]) };
const withGelu = traceProgram('gelu', types, ({ x }) => ({ y: gelu(x) }));
const withErf = traceProgram('erf', types, ({ x }) => ({ y: erf(x) }));
const withNeg = traceProgram('neg', types, ({ x }) => ({ y: neg(x) }));
const withDraw = traceProgram('draw', {}, () => ({ y: neg(randomNormal([3])) }));

describe('lackOf', () => {
  it('is nothing where all operators are declared', () => {
    expect(lackOf(manifest, withGelu, ordinary)).toBeUndefined();
  });

  it('is nothing where an undeclared operator decomposes into declared ones', () => {
    expect(lackOf(without('gelu'), withGelu, ordinary)).toBeUndefined();
  });

  it('names an operator that does not decompose', () => {
    expect(lackOf(without('erf'), withErf, ordinary)).toBe('operator "erf" is not declared');
    expect(lackOf(without('gelu', 'erf'), withGelu, ordinary)).toContain('"erf" is not declared');
  });

  it('names a dtype that is not declared', () => {
    const narrow: BackendManifestV1 = {
      ...manifest,
      operators: { erf: { dtypes: ['int32'], maximumRank: 8, nonFinite: true } },
    };
    expect(lackOf(narrow, withErf, ordinary)).toContain('dtype float32');
  });

  it('takes random draws for inputs', () => {
    expect(lackOf(manifest, withDraw, ordinary)).toBeUndefined();
  });

  it('excuses special values only where the manifest says so', () => {
    const special = { special: true, subnormal: false };
    const spoilt: BackendManifestV1 = {
      ...manifest,
      operators: {
        ...manifest.operators,
        neg: { dtypes: ['float32'], maximumRank: 8, nonFinite: false },
      },
    };
    expect(lackOf(manifest, withNeg, special)).toBeUndefined();
    expect(lackOf(spoilt, withNeg, special)).toBe('nonFinite of "neg" is false');
    expect(lackOf(spoilt, withNeg, ordinary)).toBeUndefined();
  });

  it('excuses subnormal numbers only where the manifest flushes them', () => {
    const subnormal = { special: false, subnormal: true };
    expect(lackOf(manifest, withNeg, subnormal)).toBeUndefined();
    expect(lackOf({ ...manifest, subnormals: 'flushed' }, withNeg, subnormal)).toContain('flushed');
  });
});

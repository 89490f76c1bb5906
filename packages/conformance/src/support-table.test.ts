import { operatorNames } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import type { CheckOutcome } from './report.ts';
import { makeReport } from './report.ts';
import { conformanceChecks } from './suites/index.ts';
import { renderSupport, supportColumn } from './support-table.ts';

const { manifest } = createReferenceBackend();

function reportOf(name: string, outcome: (id: string) => CheckOutcome['outcome'], without = '') {
  const outcomes = conformanceChecks.map(({ id, suite }) => ({ id, suite, outcome: outcome(id) }));
  const operators = Object.fromEntries(
    Object.entries(manifest.operators).filter(([operator]) => operator !== without),
  );
  return makeReport(name, { ...manifest, operators }, outcomes, true);
}

describe('renderSupport', () => {
  const right = reportOf('right', () => 'passed');
  const failing = reportOf('failing', (id) =>
    id === 'gradient/matmul/square' ? 'failed' : 'passed',
  );
  const lacking = reportOf(
    'lacking',
    (id) => (id.includes('erf/') ? 'unsupported' : 'passed'),
    'gelu',
  );
  const table = renderSupport([right, failing, lacking]);
  const columnOf = (name: string) => supportColumn(table, name) ?? {};

  it('has a row for every operator and a column for every backend', () => {
    expect(Object.keys(columnOf('right'))).toEqual(operatorNames.map((name) => `\`${name}\``));
    expect(supportColumn(table, 'none')).toBeUndefined();
  });

  it('lists dtypes and gradients', () => {
    expect(columnOf('right')).toMatchObject({
      '`matmul`': 'f32 ∇',
      '`argMax`': 'f32 i32',
      '`concat`': 'f32 i32 bool u8 ∇',
      '`randomBernoulli`': 'bool draws',
    });
  });

  it('marks failures, decompositions and what is missing', () => {
    expect(columnOf('failing')['`matmul`']).toBe('f32 ✗');
    expect(columnOf('lacking')['`gelu`']).toBe('(f32 ∇)');
    expect(columnOf('lacking')['`erf`']).toBe('–');
  });

  it('is the same text each time', () => {
    expect(renderSupport([right, failing, lacking])).toBe(table);
  });
});

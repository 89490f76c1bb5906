import { operatorNames, operatorTraits } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { conformanceChecks } from '../suites/index.ts';
import elementwise from '../vectors/elementwise.json' with { type: 'json' };
import images from '../vectors/images.json' with { type: 'json' };
import loops from '../vectors/scan.json' with { type: 'json' };
import structured from '../vectors/structured.json' with { type: 'json' };
import { conformanceCases } from './index.ts';

const deterministic = operatorNames.filter((name) => operatorTraits(name).kind !== 'random');
const random = operatorNames.filter((name) => operatorTraits(name).kind === 'random');
const differentiable = operatorNames.filter((name) => operatorTraits(name).gradient === 'rule');
const { operators } = createReferenceBackend().manifest;
const golden = [
  ...[elementwise, structured, images].flatMap(({ cases }) =>
    Object.values(cases).map(({ operator }) => operator),
  ),
  ...Object.keys(loops.results).map(() => 'scan'),
];

describe('conformanceCases', () => {
  it('have ids that occur once', () => {
    const ids = conformanceChecks.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it('are named after their first operator', () => {
    const misnamed = conformanceCases.filter(
      ({ id, operators: [first] }) => !id.startsWith(`${first}/`),
    );
    expect(misnamed.map(({ id }) => id).filter((id) => id !== 'max/clamp')).toEqual([]);
  });

  it.each(deterministic)('hold at least three of %s', (operator) => {
    const about = conformanceCases.filter((subject) => subject.operators.includes(operator));
    expect(about.length).toBeGreaterThanOrEqual(3);
  });

  it.each(differentiable)('differentiate %s at least three times', (operator) => {
    const about = conformanceCases.filter(
      (subject) => subject.operators.includes(operator) && subject.gradient !== 'none',
    );
    expect(about.length).toBeGreaterThanOrEqual(3);
  });

  it.each(deterministic)('compute %s in every dtype that the reference declares', (operator) => {
    const proven = conformanceChecks.flatMap(({ proves }) =>
      proves.filter((use) => use.operator === operator).map(({ dtype }) => dtype),
    );
    expect([...new Set(proven)].sort()).toEqual([...(operators[operator]?.dtypes ?? [])].sort());
  });

  // a size as a value has no operand that another library could be given
  it.each(deterministic.filter((name) => name !== 'dimensionSize'))(
    'compare %s with another implementation',
    (operator) => {
      expect(golden.filter((name) => name === operator).length).toBeGreaterThanOrEqual(2);
    },
  );

  it.each(random)('draw %s at least three times', (operator) => {
    const draws = conformanceChecks.filter(({ proves }) =>
      proves.some((use) => use.operator === operator),
    );
    expect(draws.length).toBeGreaterThanOrEqual(3);
  });

  it('are many', () => {
    expect(conformanceCases.length).toBeGreaterThan(1300);
    expect(conformanceChecks.length).toBeGreaterThan(3500);
  });
});

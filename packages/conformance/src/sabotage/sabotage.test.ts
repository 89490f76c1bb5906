import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { runConformance } from '../run-conformance.ts';
import { conformanceChecks } from '../suites/index.ts';
import { sabotagedBackends } from './index.ts';
import { rightLoop, withSabotage } from './rewrite.ts';

describe('sabotagedBackends', () => {
  it('number about twenty or more, each by one name', () => {
    const names = sabotagedBackends.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(20);
  });

  it.each(sabotagedBackends)('$name is caught by $caughtBy', async ({ caughtBy, create }) => {
    expect(conformanceChecks.map(({ id }) => id)).toContain(caughtBy);
    const [outcome] = await outcomesOf(caughtBy, create);
    expect(outcome?.outcome).toBe('failed');
    expect(outcome?.message).toContain(`conformance › ${caughtBy}`);
  });

  it.each([...new Set(sabotagedBackends.map((backend) => backend.caughtBy))])(
    'the reference passes %s',
    async (id) => {
      const [outcome] = await outcomesOf(id, createReferenceBackend);
      expect(outcome).toMatchObject({ id, outcome: 'passed' });
    },
  );
});

describe('withSabotage', () => {
  it('fails no check of loops when it rewrites them as they should be', async () => {
    const create = () => withSabotage(createReferenceBackend(), { loop: rightLoop });
    const { outcomes } = await runConformance(create, { filter: ['scan/'] });
    expect(outcomes.length).toBeGreaterThan(30);
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });
});

async function outcomesOf(id: string, create: (typeof sabotagedBackends)[number]['create']) {
  const { outcomes } = await runConformance(create, { filter: [id] });
  return outcomes.filter((outcome) => outcome.id === id);
}

import { lackOfSupport, mul } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import type { BackendManifestV1, BackendV1, OperatorName, SupportedOperators } from '@etalon/spec';
import { UnsupportedOperatorError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { belowFloor } from './floor.ts';
import { summarize } from './report.ts';
import { runConformance } from './run-conformance.ts';
import { withSabotage } from './sabotage/rewrite.ts';

/** The reference behind a smaller manifest, which it keeps to. */
function narrowed(change: (manifest: BackendManifestV1) => BackendManifestV1): BackendV1 {
  const backend = createReferenceBackend();
  const manifest = change(backend.manifest);
  return {
    ...backend,
    manifest,
    compile: async (program, options) => {
      for (const node of program.nodes) {
        const lack = lackOfSupport(manifest, program, node);
        if (lack)
          throw new UnsupportedOperatorError('OPERATOR_UNSUPPORTED', `${node.path}: ${lack}.`);
      }
      return backend.compile(program, options);
    },
  };
}

function only(...names: readonly OperatorName[]) {
  return (manifest: BackendManifestV1): BackendManifestV1 => {
    const operators: SupportedOperators = Object.fromEntries(
      Object.entries(manifest.operators).filter(([name]) => names.includes(name as OperatorName)),
    );
    return { ...manifest, operators };
  };
}

describe('runConformance', () => {
  it('passes a small backend that declares little and keeps to it', async () => {
    const small = only('add', 'mul', 'matmul', 'reshape', 'expand', 'reduceSum', 'transpose');
    const report = await runConformance(() => narrowed(small));
    expect(report.outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(report.passed).toBeGreaterThan(300);
    expect(report.unsupported).toBeGreaterThan(1000);
    expect(report.complete).toBe(true);
  });

  it.each([[[]], [['matmul']], [['logicalNot']]] as const)(
    'presumes no operator: passes a backend of %j',
    async (operators) => {
      const report = await runConformance(() => narrowed(only(...operators)));
      expect(report.outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      expect(report.complete).toBe(true);
    },
  );

  it('says what is wrong with a manifest that is malformed, and nothing else', async () => {
    const report = await runConformance(
      () => narrowed((manifest) => ({ ...manifest, threads: undefined }) as never),
      { filter: ['matmul'] },
    );
    expect(report.outcomes).toMatchObject([
      {
        id: 'manifest/form',
        outcome: 'failed',
        message:
          'conformance › manifest/form (reference): manifest.threads must list thread counts, got undefined.\nExpected integers of 1 or more: [1] where the number is fixed.',
      },
    ]);
    expect(report.complete).toBe(false);
  });

  it.each([
    [undefined, 'got undefined.'],
    [() => createReferenceBackend(), 'got function.'],
    [
      { ...createReferenceBackend(), upload: undefined },
      'got an object whose upload is undefined.',
    ],
  ])('refuses a factory that returns %o', async (made, got) => {
    const checking = runConformance(() => made as never);
    await expect(checking).rejects.toMatchObject({ code: 'CONFORMANCE_BACKEND' });
    await expect(checking).rejects.toThrow(
      `conformance: the factory must return a backend, ${got}`,
    );
  });

  it('passes a backend that declares other special values and flushes subnormal numbers', async () => {
    const report = await runConformance(() =>
      narrowed((manifest) => ({
        ...manifest,
        precision: 'gpu',
        subnormals: 'flushed',
        deterministic: false,
        operators: Object.fromEntries(
          Object.entries(manifest.operators).map(([name, support]) => [
            name,
            { ...support, nonFinite: false },
          ]),
        ),
      })),
    );
    expect(report.outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    const outcomeOf = new Map(report.outcomes.map(({ id, outcome }) => [id, outcome]));
    for (const id of ['relu/special', 'matmul/special', 'add/subnormal', 'determinism/training']) {
      expect(outcomeOf.get(id)).toBe('unsupported');
    }
    expect(outcomeOf.get('relu/values')).toBe('passed');
  });

  it('gives each unsupported check its reason', async () => {
    const { outcomes } = await runConformance(() => narrowed(only('add')), {
      filter: ['erf/values'],
    });
    expect(outcomes[0]).toMatchObject({
      outcome: 'unsupported',
      message: 'operator "erf" is not declared',
    });
  });

  it('widens a budget by the factor, and says why', async () => {
    const off = () =>
      withSabotage(createReferenceBackend(), {
        operators: { exp: ({ right }) => mul(right(), 1 + 1e-6) },
      });
    const filter = ['exp/matrix'];
    const widen = { 'exp/matrix': { factor: 100, because: 'a table of few entries' } };
    const plain = await runConformance(off, { filter });
    expect(plain.outcomes[0]).toMatchObject({ id: 'exp/matrix', outcome: 'failed' });
    const { outcomes } = await runConformance(off, { filter, widen });
    expect(outcomes.slice(0, 2)).toMatchObject([
      { id: 'exp/matrix', outcome: 'passed', because: 'a table of few entries' },
      { id: 'gradient/exp/matrix', outcome: 'failed' },
    ]);
  });

  it('refuses a filter that no check matches', async () => {
    await expect(runConformance(createReferenceBackend, { filter: ['no such'] })).rejects.toThrow(
      expect.objectContaining({ code: 'CONFORMANCE_FILTER' }),
    );
  });

  it('disposes the backend, also when a check breaks it', async () => {
    let disposed = 0;
    const create = () => {
      const backend = createReferenceBackend();
      return {
        ...backend,
        compile: () => Promise.reject(new Error('out of order')),
        dispose: async () => {
          disposed++;
        },
      };
    };
    const report = await runConformance(create, { filter: ['matmul/square'] });
    expect(disposed).toBe(1);
    expect(report.outcomes[0]).toMatchObject({ outcome: 'failed' });
    expect(report.outcomes[0]?.message).toContain('got Error: out of order');
  });

  it('calls a filtered report incomplete', async () => {
    const report = await runConformance(createReferenceBackend, { filter: ['matmul/square'] });
    expect(report.complete).toBe(false);
    expect(summarize(report)).toBe(
      'reference: 2 passed, 0 declared unsupported, 0 failed (not all checks ran: certifies nothing)',
    );
  });
});

describe('belowFloor', () => {
  const { manifest } = createReferenceBackend();

  it('finds that a check which the manifest implies did not run', () => {
    expect(belowFloor(manifest, [])).toContain('checks that the manifest implies did not run');
  });

  it('asks nothing of a manifest that declares nothing but the checks on behaviour', () => {
    const empty = { ...manifest, operators: {}, threads: [] };
    expect(belowFloor(empty, [])).toContain('manifest/version');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knownBackends } from '../src/node/index.ts';
import type { ConformanceReport } from '../src/report.ts';
import { renderSupport, supportColumn } from '../src/support-table.ts';
import { describeBackendConformance } from '../src/vitest/index.ts';

const reports: ConformanceReport[] = [];

for (const { name, create, widen = {} } of knownBackends) {
  // One thread for most checks; those on threads ask for more.
  describeBackendConformance(name, (request) => create({ threads: 1, ...request }), {
    widen,
    onReport: (report) => reports.push(report),
  });
}

describe('SUPPORT.md', () => {
  it('is what the suite finds on the backends at hand', () => {
    const written = readFileSync(new URL('../../../SUPPORT.md', import.meta.url), 'utf8');
    expect(reports.map(({ backend }) => backend)).toEqual(knownBackends.map(({ name }) => name));
    const found = renderSupport(reports);
    for (const { backend } of reports) {
      expect(supportColumn(written, backend), 'Fix: pnpm conformance --all --support').toEqual(
        supportColumn(found, backend),
      );
    }
  });
});

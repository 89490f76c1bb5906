import { operatorNames, operatorTraits } from '@etalon/compiler';
import type { DType, OperatorName } from '@etalon/spec';
import type { Check } from './checks/check.ts';
import type { ConformanceReport } from './report.ts';
import { conformanceChecks } from './suites/index.ts';

const shortNames: Readonly<Record<DType, string>> = {
  float32: 'f32',
  int32: 'i32',
  bool: 'bool',
  uint8: 'u8',
};

const head = `# Support

Written by \`etalon-conformance --support\` from manifests and outcomes of the conformance suite. A dtype is listed when every case of the operator with that dtype passed.

| mark | meaning |
|---|---|
| \`f32 i32 bool u8\` | element types of the operator's data operand |
| ∇ | its gradient is checked too |
| (…) | not native: runs by its decomposition into other operators |
| * | NaN or infinities are declared to differ |
| draws | random draws, equal bits on every backend |
| ✗ | a case failed |
| – | not supported |
`;

/** Returns the support table as Markdown: operators by backends. Equal reports give equal text. */
export function renderSupport(reports: readonly ConformanceReport[]): string {
  const rows = operatorNames.map((operator) => [
    `\`${operator}\``,
    ...reports.map((report) => cellOf(operator, report)),
  ]);
  const names = reports.map(({ backend }) => backend);
  const lines = [['operator', ...names], ['---', ...names.map(() => '---')], ...rows];
  return `${head}\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** Reads the column of one backend from a rendered table, by operator; `undefined` where there is none. */
export function supportColumn(
  markdown: string,
  backend: string,
): Readonly<Record<string, string>> | undefined {
  const rows = markdown
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));
  const start = rows.findIndex(([first]) => first === 'operator');
  const column = rows[start]?.indexOf(backend) ?? -1;
  if (column < 0) return undefined;
  return Object.fromEntries(
    rows.slice(start + 2).map((cells) => [cells[0] ?? '', cells[column] ?? '']),
  );
}

function cellOf(operator: OperatorName, { manifest, outcomes }: ConformanceReport): string {
  const outcomeOf = new Map(outcomes.map(({ id, outcome }) => [id, outcome]));
  const uses = (check: Check, dtype?: DType): boolean =>
    check.proves.some((use) => use.operator === operator && (dtype ?? use.dtype) === use.dtype);
  const ran = conformanceChecks.filter(
    (check) => uses(check) && ['passed', 'failed'].includes(outcomeOf.get(check.id) ?? ''),
  );
  if (ran.length === 0) return '–';
  const failed = (checks: readonly Check[]): boolean =>
    checks.some(({ id }) => outcomeOf.get(id) === 'failed');
  const marks = Object.entries(shortNames).flatMap(([dtype, name]) => {
    const checks = ran.filter((check) => uses(check, dtype as DType));
    return checks.length === 0 ? [] : [failed(checks) ? `${name} ✗` : name];
  });
  const { kind, gradient } = operatorTraits(operator);
  const slopes = ran.filter(({ suite }) => suite === 'gradients' || suite === 'second order');
  if (gradient === 'rule' && slopes.length > 0 && !failed(slopes)) marks.push('∇');
  if (kind === 'random') return [...marks, 'draws'].join(' ');
  const support = manifest.operators[operator];
  if (support === undefined) return `(${marks.join(' ')})`;
  return [...marks, ...(support.nonFinite ? [] : ['*'])].join(' ');
}

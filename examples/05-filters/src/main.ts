import { dirname, join } from 'node:path';
import { readCommand, writePng, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import type { Grid } from './filters.ts';
import { runFilters } from './run-filters.ts';

const command = readCommand('05-filters', process.argv.slice(2));
const { results, picture } = await runFilters(command);
const text = (grid: Grid): string =>
  grid
    .map((row) => row.map((value) => String(Number(value.toFixed(4))).padStart(6)).join(' '))
    .join('\n');
const { walk, filters, pooling } = results;
const table = new Table({ style: { head: [], border: [] } });
table.push(
  ['a cross over five by five, inside', text(walk.valid.output)],
  ['the same with zeros around', text(walk.same.output)],
  ...Object.entries(filters).map(([name, { output }]) => [`${name} of a square`, text(output)]),
  ['largest of two by two', text(pooling.max.output)],
  ['mean of two by two', text(pooling.average.output)],
);
console.log(table.toString());
writeResults(command, results);
if (command.json !== undefined) writePng(join(dirname(command.json), 'filters.png'), picture);

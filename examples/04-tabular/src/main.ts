import { dirname, join } from 'node:path';
import { readCommand, writePng, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import type { Learned } from './learn.ts';
import { runTabular } from './tabular.ts';

const command = readCommand('04-tabular', process.argv.slice(2));
const { results, surface } = await runTabular(command, (line) => console.log(line));
const { irises, spirals } = results;
const table = new Table({
  head: ['', 'test rows found', 'parameters', 'FLOPs of a row', 'training', 'exported apart'],
  style: { head: [], border: [], compact: true },
});
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const row = (name: string, learned: Learned): string[] => [
  name,
  percent(learned.accuracy),
  String(learned.parameters),
  String(learned.flops),
  `${learned.seconds.toFixed(1)} s`,
  learned.exportDifference.toExponential(1),
];
table.push(
  ['irises, the most frequent', percent(irises.mostFrequent), '', '', '', ''],
  row('irises, linear', irises.linear),
  row('irises, 1 x 16', irises.hidden),
  ...spirals.map((cost) =>
    row(cost.depth === 0 ? 'spirals, linear' : `spirals, ${cost.depth} x ${cost.width}`, cost),
  ),
);
console.log(table.toString());
writeResults(command, results);
if (command.json !== undefined) {
  writePng(join(dirname(command.json), 'spirals.png'), surface);
}

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { plotLines, readCommand, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { runForecast } from './forecast.ts';

const command = readCommand('08-forecast', process.argv.slice(2));
const results = await runForecast(command, (line) => console.log(line));
const table = new Table({ style: { head: [], border: [], compact: true } });
table.push(
  ['error one hour ahead', results.error.toFixed(3)],
  ['the least there can be', results.least.toFixed(3)],
  ['the hour before again', results.naive.toFixed(3)],
  ['the day before again', results.seasonalNaive.toFixed(3)],
  ['hours in the band of 90 %', `${(100 * results.coverage).toFixed(1)} %`],
  ['training', `${results.seconds.toFixed(0)} s`],
  ['exported apart', results.exportDifference.toExponential(1)],
);
console.log(table.toString());
writeResults(command, results);
if (command.json !== undefined) {
  const [value, lower, middle, upper] = [0, 1, 2, 3].map((column) =>
    results.band.map((row, hour): [number, number] => [hour, row[column] ?? Number.NaN]),
  );
  const plot = plotLines({
    xName: 'hour',
    yName: 'value',
    background: [lower ?? [], upper ?? []],
    lines: [
      { name: 'what came', points: value ?? [] },
      { name: 'forecast an hour before, band of 90 %', points: middle ?? [] },
    ],
  });
  writeFileSync(join(dirname(command.json), 'band.svg'), plot);
}

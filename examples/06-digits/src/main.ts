import { dirname, join } from 'node:path';
import { readCommand, writePng, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { runDigits } from './digits.ts';
import { percent } from './learn-images.ts';

const command = readCommand('06-digits', process.argv.slice(2));
const { results, pictures } = await runDigits(command, (line) => console.log(line));
const { digits, clothes } = results;
const table = new Table({
  head: ['', 'digits', 'clothes'],
  style: { head: [], border: [], compact: true },
});
const both = [digits, clothes];
table.push(
  ['test images found', ...both.map(({ accuracy }) => percent(accuracy))],
  ['epochs', ...both.map(({ epochs, bestEpoch }) => `${epochs}, best ${bestEpoch}`)],
  ['training', ...both.map(({ seconds }) => `${seconds.toFixed(0)} s`)],
  ['parameters', ...both.map(({ parameters }) => parameters)],
  ['exported apart', ...both.map(({ exportDifference }) => exportDifference.toExponential(1))],
);
console.log(table.toString());
writeResults(command, results);
if (command.json !== undefined) {
  const folder = dirname(command.json);
  writePng(join(folder, 'filters.png'), pictures.filters);
  writePng(join(folder, 'maps.png'), pictures.maps);
}

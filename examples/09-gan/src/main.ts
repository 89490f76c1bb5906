import { readCommand, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { runGan } from './gan.ts';

const command = readCommand('09-gan', process.argv.slice(2));
const results = await runGan(command, (line) => console.log(line));
const { ring } = results;
const table = new Table({ style: { head: [], border: [], compact: true } });
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
table.push(
  ['steps', ring.steps],
  ['seconds', ring.seconds.toFixed(1)],
  ['samples within three deviations', percent(ring.near)],
  ['least of a mode', percent(Math.min(...ring.modes))],
  ['most of a mode', percent(Math.max(...ring.modes))],
  ['exported generator apart', ring.exportDifference.toExponential(1)],
);
console.log(table.toString());
writeResults(command, results);

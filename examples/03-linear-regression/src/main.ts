import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readCommand, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { runRegression } from './compare-optimizers.ts';

const command = readCommand('03-linear-regression', process.argv.slice(2));
const { results, plot } = await runRegression(command);
const table = new Table({
  head: ['optimizer', `loss above the lowest, after ${results.steps} steps`, 'from the best line'],
  style: { head: [], border: [], compact: true },
});
for (const [name, { above, distance }] of Object.entries(results.optimizers)) {
  table.push([name, above.toExponential(1), distance.toExponential(1)]);
}
const { best, lowest } = results;
console.log(
  `best line: slope ${best.slope.toFixed(4)}, bias ${best.bias.toFixed(4)}, loss ${lowest.toFixed(4)}`,
);
console.log(table.toString());
writeResults(command, results);
if (command.json !== undefined) {
  const folder = dirname(command.json);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'paths.svg'), plot);
}

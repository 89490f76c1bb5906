import { readCommand, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { runPerceptron } from './compare.ts';

const command = readCommand('01-perceptron', process.argv.slice(2));
const results = await runPerceptron(command);
const table = new Table({
  head: ['', 'by the rule', 'by gradient', 'hidden layer'],
  style: { head: [], border: [], compact: true },
});
for (const [name, { rule, gradient, hiddenLayer }] of Object.entries(results.tables)) {
  table.push([
    name.toUpperCase(),
    rule.learned ? `${rule.epochs} passes` : `not in ${rule.epochs} passes`,
    ...[gradient, hiddenLayer].map(({ learned, steps }) =>
      learned ? `${steps} steps` : `not in ${steps} steps`,
    ),
  ]);
}
console.log(table.toString());
writeResults(command, results);

import { readCommand, writeResults } from '@etalon/examples-shared';
import Table from 'cli-table3';
import { curvePoints } from './curves.ts';
import { runActivations } from './run-activations.ts';

const command = readCommand('02-activations', process.argv.slice(2));
const results = await runActivations(command);
const style = { head: [], border: [], compact: true };
const places = [-4.5, -1.5, -0.5, 0.5, 1.5, 4.5];
const curves = new Table({ head: ['value (slope) at', ...places.map(String), 'range'], style });
for (const [name, { values, derivatives, range }] of Object.entries(results.curves)) {
  const cells = places.map((x) => {
    const at = curvePoints.indexOf(x);
    return `${values[at]?.toFixed(3)} (${derivatives[at]?.toFixed(3)})`;
  });
  curves.push([name, ...cells, range]);
}
console.log(curves.toString());
console.log(`softmax of 1, 2, 3: ${results.softmax.map((share) => share.toFixed(4)).join(', ')}`);
console.log(`two linear layers against one: ${results.collapse.toExponential(1)} apart`);
const [first] = Object.values(results.gradients);
const gradients = new Table({
  head: ['first layer against last, by depth', ...Object.keys(first ?? {})],
  style,
});
for (const [name, shares] of Object.entries(results.gradients)) {
  gradients.push([name, ...Object.values(shares).map((share) => share.toExponential(1))]);
}
console.log(gradients.toString());
writeResults(command, results);

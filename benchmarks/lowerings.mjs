// Times ways to write convolution gradients, pooling gradients and sums in ONNX operators, over a grid of shapes. The rules by which
// packages/onnx/src/lowering chooses among them follow these figures.
//
//   node benchmarks/lowerings.mjs                          all families, with 1 and 2 threads
//   node benchmarks/lowerings.mjs filter-gradient --threads 1
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { families } from './lowerings/families.mjs';
import { openWay, timeWays } from './lowerings/time-ways.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '9' },
  },
});
const unknown = positionals.find((name) => !Object.hasOwn(families, name));
if (unknown !== undefined) {
  console.error(
    `lowerings: there is no family ${JSON.stringify(unknown)}.\nExpected ${Object.keys(families).join(', ')}.`,
  );
  process.exit(2);
}
const threadCounts = values.threads.split(',').map(Number);

for (const name of positionals.length > 0 ? positionals : Object.keys(families)) {
  const { shapes, ways } = families[name];
  for (const threads of threadCounts) {
    const table = new Table({
      head: [`${name}, ${threads} thread${threads === 1 ? '' : 's'}`, ...Object.keys(ways)],
      style: { head: [], border: [], compact: true },
      colAligns: ['left', ...Object.keys(ways).map(() => 'right')],
    });
    for (const shape of shapes) {
      const opened = [];
      for (const way of Object.values(ways)) opened.push(await openWay(shape, way, threads));
      const times = await timeWays(opened, Number(values.rounds));
      const best = Math.min(...times.filter((time) => time !== undefined));
      const cells = times.map((time) => {
        if (time === undefined) return '';
        return time <= best * 1.03 ? `*${time.toFixed(3)}` : time.toFixed(3);
      });
      table.push([shape.label, ...cells]);
    }
    console.log(table.toString());
  }
}

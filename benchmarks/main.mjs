// Runs the benchmarks and prints ratios. Each suite runs in processes of its own, at least five, and takes turns with
// its peer inside each process: figures of one process share the machine's mood, and ratios are taken within it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';

const suites = ['dense-step', 'inference', 'memory', 'worker'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    processes: { type: 'string', default: '5' },
    json: { type: 'string', default: 'reports/bench.json' },
  },
});
const unknown = positionals.find((name) => !suites.includes(name));
if (unknown !== undefined) {
  console.error(
    `bench: there is no suite ${JSON.stringify(unknown)}.\nExpected ${suites.join(', ')}.`,
  );
  process.exit(2);
}
const processes = Number(values.processes);
if (!Number.isInteger(processes) || processes < 1) {
  console.error(`bench: --processes must be an integer of at least 1, got ${values.processes}.`);
  process.exit(2);
}
const chosen = positionals.length > 0 ? positionals : suites;

function runOnce(suite) {
  const file = fileURLToPath(new URL(`./suites/${suite}.mjs`, import.meta.url));
  const child = spawnSync(process.execPath, ['--expose-gc', file], { encoding: 'utf8' });
  if (child.status !== 0) {
    console.error(child.stderr);
    process.exit(1);
  }
  return JSON.parse(child.stdout);
}

function quartiles(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share) => {
    const place = share * (sorted.length - 1);
    const low = Math.floor(place);
    return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

// Processes of different suites alternate too.
const runs = new Map(chosen.map((suite) => [suite, []]));
for (let round = 0; round < processes; round++) {
  for (const suite of chosen) runs.get(suite).push(runOnce(suite));
}

const rows = [];
for (const [suite, results] of runs) {
  for (const [index, { name, goal }] of results[0].entries()) {
    const ratio = quartiles(results.map((result) => result[index].ratio));
    rows.push({
      suite,
      name,
      goal,
      ratio,
      ours: results.map((r) => r[index].ours),
      peer: results.map((r) => r[index].peer),
    });
  }
}

const table = new Table({
  head: ['suite', 'ratio of', 'lower', 'median', 'upper', 'goal'],
  style: { head: [], border: [] },
});
for (const { suite, name, ratio, goal } of rows) {
  table.push([
    suite,
    name,
    ratio.lower.toFixed(3),
    ratio.median.toFixed(3),
    ratio.upper.toFixed(3),
    `<= ${goal}`,
  ]);
}
console.log(table.toString());
const { version } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.resolve('onnxruntime-node/package.json'))),
);
const machine = {
  cpu: cpus()[0].model,
  threads: availableParallelism(),
  node: process.version,
  onnxruntime: version,
};
console.log(`${processes} processes per suite; ${JSON.stringify(machine)}`);
mkdirSync('reports', { recursive: true });
writeFileSync(values.json, `${JSON.stringify({ machine, processes, rows }, null, 2)}\n`);

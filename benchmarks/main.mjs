// Runs the benchmarks and prints ratios, and what they are ratios of. Each suite runs in processes of its own, at least
// five, and takes turns with its peer inside each process: figures of one process share the machine's mood, and ratios are
// taken within it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';

const suites = [
  'dense-step',
  'dense-loop',
  'cnn',
  'tfjs-dense',
  'tfjs-cnn',
  'recurrent',
  'gan',
  'generation',
  'inference',
  'worker',
  'memory',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    processes: { type: 'string', default: '5' },
    threads: { type: 'string', default: String(availableParallelism()) },
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
const processes = countOf('processes');
const threads = countOf('threads');
const chosen = positionals.length > 0 ? positionals : suites;

function countOf(option) {
  const count = Number(values[option]);
  if (Number.isInteger(count) && count >= 1) return count;
  console.error(`bench: --${option} must be an integer of at least 1, got ${values[option]}.`);
  return process.exit(2);
}

function runOnce(suite) {
  const file = fileURLToPath(new URL(`./suites/${suite}.mjs`, import.meta.url));
  const env = { ...process.env, BENCH_THREADS: String(threads) };
  const child = spawnSync(process.execPath, ['--expose-gc', file], { encoding: 'utf8', env });
  if (child.status !== 0) {
    console.error(`bench: the suite ${suite} failed.\n${child.stderr}`);
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
  for (const [index, { name, goal, speedup, skipped }] of results[0].entries()) {
    if (skipped !== undefined) {
      rows.push({ suite, name, skipped });
      continue;
    }
    const value = quartiles(results.map((result) => result[index].value));
    const met = goal === undefined || (speedup ? value.median >= goal : value.median <= goal);
    const ours = results.map((result) => result[index].ours);
    const peer = results.map((result) => result[index].peer);
    const bar = goal === undefined ? '' : `${speedup ? '>=' : '<='} ${goal}`;
    rows.push({ suite, name, goal: bar, met, value, ours, peer });
  }
}

const table = new Table({
  head: ['suite', 'figure', 'lower', 'median', 'upper', 'goal', 'met', 'ours', 'peer'],
  style: { head: [], border: [] },
});
const figure = (number) => (number === undefined ? '' : String(Number(number.toPrecision(4))));
const middle = (numbers) =>
  numbers[0] === undefined ? '' : String(Number(quartiles(numbers).median.toPrecision(3)));
for (const { suite, name, value, goal, met, ours, peer, skipped } of rows) {
  if (skipped !== undefined) continue;
  const verdict = goal === '' ? '' : met ? 'yes' : 'NO';
  const quarters = [value.lower, value.median, value.upper].map(figure);
  table.push([suite, name, ...quarters, goal, verdict, middle(ours), middle(peer)]);
}
console.log(table.toString());
for (const { suite, name, skipped } of rows) {
  if (skipped !== undefined) console.log(`${suite}, ${name}: not measured, ${skipped}`);
}
const { version } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.resolve('onnxruntime-node/package.json'))),
);
const machine = {
  cpu: cpus()[0].model,
  cores: availableParallelism(),
  threads,
  node: process.version,
  onnxruntime: version,
};
console.log(`${processes} processes per suite; ${JSON.stringify(machine)}`);
mkdirSync('reports', { recursive: true });
writeFileSync(values.json, `${JSON.stringify({ machine, processes, rows }, null, 2)}\n`);

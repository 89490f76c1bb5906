import { parseArgs } from 'node:util';
import { outsideBudget, runQuickstart } from './quickstart.ts';

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '2' },
    limit: { type: 'string' },
    output: { type: 'string', default: 'reports' },
  },
});

const { engines } = await runQuickstart({
  epochs: Number(values.epochs),
  folder: values.output,
  ...(values.limit !== undefined && { limit: Number(values.limit) }),
  print: (line) => console.log(line),
});
const outside = outsideBudget(engines);
for (const message of outside) console.error(message);
if (outside.length > 0) process.exitCode = 1;

import type { ExampleCommand } from '@etalon/examples-shared';
import { createBackend } from '@etalon/examples-shared';
import type { GradientResult } from './by-gradient.ts';
import { learnByGradient } from './by-gradient.ts';
import type { RuleResult } from './by-rule.ts';
import { learnByRule } from './by-rule.ts';
import { hiddenLayer, perceptron } from './perceptron.ts';
import type { TableName } from './tables.ts';
import { tables } from './tables.ts';

/** How each way learned a table. */
export interface TableResults {
  readonly rule: RuleResult;
  readonly gradient: GradientResult;
  readonly hiddenLayer: GradientResult;
}

/** What the example finds. */
export interface PerceptronResults {
  readonly backend: string;
  readonly tables: Readonly<Record<TableName, TableResults>>;
}

/** Runs the example. */
export async function runPerceptron({
  backend: name,
}: Pick<ExampleCommand, 'backend'>): Promise<PerceptronResults> {
  const backend = await createBackend(name);
  try {
    const learned: [TableName, TableResults][] = [];
    for (const table of Object.keys(tables) as TableName[]) {
      learned.push([
        table,
        {
          rule: await learnByRule(backend, table),
          gradient: await learnByGradient(backend, perceptron, table, { most: 100 }),
          hiddenLayer: await learnByGradient(backend, hiddenLayer, table, { most: 500 }),
        },
      ]);
    }
    return { backend: name, tables: Object.fromEntries(learned) as PerceptronResults['tables'] };
  } finally {
    await backend.dispose();
  }
}

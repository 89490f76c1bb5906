import { prepare } from '@etalon/compiler';
import type { BackendV1, ProgramV1 } from '@etalon/spec';
import type { ConformanceCase, HostTensors } from '../cases/case.ts';
import { countOf } from '../cases/host-tensor.ts';
import type { Order } from '../cases/programs.ts';
import { inputsOf, programOf } from '../cases/programs.ts';
import type { Check, CheckContext, OperatorUse, SuiteName } from './check.ts';
import { failure } from './check.ts';
import { compareTensor } from './compare.ts';
import { dataTypeOf } from './data-type.ts';
import type { Expectation } from './expectation.ts';
import { expectationOf } from './expectation.ts';
import { runAndRead } from './run-program.ts';
import { lackOf } from './support.ts';

/** How a check differs from the plain one of its case. */
export interface CaseCheckOptions {
  readonly id: string;
  readonly suite: SuiteName;
  readonly order: Order;
  /** Rewrites the program before it is prepared; the results must not change. */
  readonly derive?: (program: ProgramV1) => ProgramV1;
  /** Wraps the backend. */
  readonly wrap?: (backend: BackendV1) => BackendV1;
  /** Whether the check counts in the support table; default true. */
  readonly proves?: boolean;
}

/** Makes the check that a backend gives a case's values, or its gradients. */
export function caseCheck(subject: ConformanceCase, options: CaseCheckOptions): Check {
  const { id, suite, order, derive = (program) => program, wrap = (backend) => backend } = options;
  return {
    id,
    suite,
    proves: options.proves === false ? [] : usesOf(subject),
    unsupported: (manifest) => lackOf(manifest, programOf(subject, order), subject),
    run: async (context) => {
      const program = derive(programOf(subject, order));
      await checkRuns(id, subject, order, program, { ...context, backend: wrap(context.backend) });
    },
  };
}

/** Suite that a case's values belong to. */
export function suiteOf({ runs, special, subnormal }: ConformanceCase): SuiteName {
  if (special || subnormal) return 'special values';
  const empty = Object.values(runs[0]?.inputs ?? {}).some(({ shape }) => countOf(shape) === 0);
  return empty ? 'empty sizes' : 'operators';
}

async function checkRuns(
  id: string,
  subject: ConformanceCase,
  order: Order,
  program: ProgramV1,
  { backend, factor }: CheckContext,
): Promise<void> {
  const prepared = await prepare(program, backend);
  try {
    for (const [at, run] of subject.runs.entries()) {
      const results = await runAndRead(prepared, inputsOf(subject, run, order));
      const expectation = expectationOf(subject, run, order, backend.manifest);
      const where = subject.runs.length > 1 ? `run ${at + 1}: ` : '';
      const difference = compareResults(results, expectation, factor);
      if (difference !== undefined) throw failure(id, backend, where + difference);
    }
  } finally {
    prepared.dispose();
  }
}

/** Compares all results of a run; `undefined` where nothing differs. */
export function compareResults(
  results: HostTensors,
  expectation: Expectation,
  factor: number,
): string | undefined {
  for (const [name, expected] of Object.entries(expectation)) {
    const got = results[name];
    if (got === undefined) {
      return `output "${name}" is missing, got ${JSON.stringify(Object.keys(results))}.`;
    }
    for (const one of expected) {
      const difference = compareTensor(got, one, factor);
      if (difference !== undefined) return `output "${name}" and ${one.source}: ${difference}`;
    }
  }
  return undefined;
}

// The case's operators with the dtypes that they occur with in its program.
function usesOf(subject: ConformanceCase): readonly OperatorUse[] {
  const { nodes, values } = programOf(subject, 'value');
  const uses = nodes.flatMap((node): readonly OperatorUse[] => {
    if (!subject.operators.includes(node.operator)) return [];
    const dtype = dataTypeOf({ values }, node);
    return dtype === undefined ? [] : [{ operator: node.operator, dtype }];
  });
  return uses.filter(
    (use, at) =>
      uses.findIndex(({ operator, dtype }) => operator === use.operator && dtype === use.dtype) ===
      at,
  );
}

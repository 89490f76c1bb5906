import type { BackendManifestV1 } from '@etalon/spec';
import { countOf } from '../cases/host-tensor.ts';
import { caseCheck } from '../checks/case-check.ts';
import type { Check } from '../checks/check.ts';
import { conformanceCases } from '../families/index.ts';

/** Thread counts that are compared: one, and the fewest that share work. */
const COUNTS = [1, 2] as const;

/** Inputs of this many elements are worth splitting; ONNX Runtime splits sums at a few hundred. */
const WORTH_SPLITTING = 256;

const large = conformanceCases.filter(({ runs }) =>
  runs.some(({ inputs }) =>
    Object.values(inputs).some(({ shape }) => countOf(shape) >= WORTH_SPLITTING),
  ),
);

function lackOfThreads({ threads }: BackendManifestV1, count: number): string | undefined {
  return threads.includes(count) ? undefined : `threads: ${JSON.stringify(threads)}`;
}

// Each check has a backend of its own thread count: the shared one has the backend's choice.
function onThreads(check: Check, count: number): Check {
  return {
    ...check,
    unsupported: (manifest) => lackOfThreads(manifest, count) ?? check.unsupported(manifest),
    run: async (context) => {
      const backend = await context.createBackend({ threads: count });
      try {
        await check.run({ ...context, backend });
      } finally {
        await backend.dispose();
      }
    },
  };
}

/** The larger cases and their gradients on one thread and on two. */
export const threadChecks: readonly Check[] = COUNTS.flatMap((count) =>
  large.flatMap((subject) => {
    const prefix = `threads-${count}`;
    const options = { suite: 'threads' as const, proves: false };
    const value = caseCheck(subject, { ...options, id: `${prefix}/${subject.id}`, order: 'value' });
    const checks = [onThreads(value, count)];
    if (subject.gradient !== 'none') {
      const id = `${prefix}/gradient/${subject.id}`;
      checks.push(onThreads(caseCheck(subject, { ...options, id, order: 'gradient' }), count));
    }
    return checks;
  }),
);

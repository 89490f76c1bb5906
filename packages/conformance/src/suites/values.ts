import { caseCheck, suiteOf } from '../checks/case-check.ts';
import type { Check } from '../checks/check.ts';
import { conformanceCases } from '../families/index.ts';

/** Values of every case: operators, special values and empty sizes. */
export const valueChecks: readonly Check[] = conformanceCases.map((subject) =>
  caseCheck(subject, { id: subject.id, suite: suiteOf(subject), order: 'value' }),
);

/** Gradients of every differentiable case: the program is differentiated, and the backend runs it. */
export const gradientChecks: readonly Check[] = conformanceCases
  .filter(({ gradient }) => gradient !== 'none')
  .map((subject) =>
    caseCheck(subject, { id: `gradient/${subject.id}`, suite: 'gradients', order: 'gradient' }),
  );

/** Gradients of gradients. */
export const secondOrderChecks: readonly Check[] = conformanceCases
  .filter(({ secondOrder }) => secondOrder)
  .map((subject) =>
    caseCheck(subject, {
      id: `second-order/${subject.id}`,
      suite: 'second order',
      order: 'second',
    }),
  );

import { evaluateProgram, numericalGradient } from '@etalon/reference';
import type { ConformanceCase } from '../cases/case.ts';
import { inputsOf, programOf } from '../cases/programs.ts';
import { ConformanceError } from './check.ts';

/**
 * Largest difference between a rule and central differences, relative to the largest gradient. Differences in
 * float64 are right to about 1e-10 where curvature is mild; constants in programs are float32, which moves
 * a rule by up to 6e-8.
 */
const TOLERANCE = 1e-6;

/** Inputs above this many elements are left to the golden values and to the same rule at smaller sizes. */
const MOST_ELEMENTS = 400;

/**
 * Checks the compiler's gradient rules on a case against central differences in float64 on the reference: no
 * backend is involved.
 *
 * @param order - `gradient` differentiates the case's values, `second` its gradients.
 * @returns the number of elements compared.
 * @throws {ConformanceError} when a gradient differs.
 */
export function checkGradientRule(subject: ConformanceCase, order: 'gradient' | 'second'): number {
  const below = order === 'gradient' ? 'value' : 'gradient';
  const prefix = order === 'gradient' ? 'weights' : 'secondWeights';
  const program = programOf(subject, below);
  let compared = 0;
  for (const run of subject.runs) {
    const inputs = inputsOf(subject, run, order);
    const gradients = evaluateProgram(programOf(subject, order), inputs);
    const own = Object.fromEntries(
      program.inputs.flatMap(({ name }) => (inputs[name] ? [[name, inputs[name]]] : [])),
    );
    for (const [name, { dtype, data }] of Object.entries(run.inputs)) {
      const symbolic = gradients[`gradient/${name}`];
      if (dtype !== 'float32' || symbolic === undefined || data.length > MOST_ELEMENTS) continue;
      const numeric = new Float64Array(data.length);
      for (const output of program.outputs) {
        const weights = inputs[`${prefix}/${output.name.replace('gradient/', '')}`];
        if (weights === undefined) continue;
        const part = numericalGradient(program, {
          output: output.name,
          input: name,
          inputs: own,
          weights,
        });
        part.data.forEach((x, i) => {
          numeric[i] = (numeric[i] ?? 0) + x;
        });
      }
      compare(subject, order, name, symbolic.data, numeric);
      compared += data.length;
    }
  }
  return compared;
}

function compare(
  { id }: ConformanceCase,
  order: string,
  input: string,
  symbolic: Float64Array,
  numeric: Float64Array,
): void {
  const largest = numeric.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  const at = numeric.findIndex(
    (x, i) => !(Math.abs(x - (symbolic[i] ?? Number.NaN)) <= TOLERANCE * largest),
  );
  if (at < 0) return;
  throw new ConformanceError(
    'CONFORMANCE_GRADIENT_RULE',
    `conformance › ${order}/${id}: the rule and central differences differ, got ${symbolic[at]} with respect to element ${at} of "${input}".\nExpected ${numeric[at]} within ${(TOLERANCE * largest).toExponential(1)}.`,
    { details: { case: id, input, element: at } },
  );
}

import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { DTypeError, GradientError, ShapeError } from '@etalon/spec';
import { evaluateProgram } from './evaluate-program.ts';
import type { ReferenceInputs } from './interpret.ts';
import type { ReferenceTensor } from './tensor.ts';
import { toFloat64 } from './tensor.ts';

/** Options of {@link numericalGradient}. */
export interface NumericalGradientOptions {
  /** Name of a float32 output. */
  readonly output: string;
  /** Name of the float32 input that is varied. */
  readonly input: string;
  /** All inputs of the program. */
  readonly inputs: ReferenceInputs;
  /** Weights of the output's elements; 1 each by default. Of the output's shape. */
  readonly weights?: HostTensor | ReferenceTensor;
  /** Step relative to `max(1, |x|)`; by default the cube root of float64's epsilon, 6.1e-6. */
  readonly step?: number;
}

// Balances truncation, of the order of step², against rounding, of the order of epsilon / step.
const DEFAULT_STEP = Math.cbrt(Number.EPSILON);

/**
 * Returns the gradient of `Σ weight · output` with respect to every element of an input, by central
 * differences in float64: two evaluations of the program for each element. Right to about 1e-10 relative
 * to the values involved where the program is smooth; meaningless next to a kink or a jump.
 *
 * @throws {GradientError} when the program has no such input or output.
 * @throws {DTypeError} when the input or the output is not float32.
 * @throws {ShapeError} when the weights do not have the output's shape.
 */
export function numericalGradient(
  program: ProgramV1,
  options: NumericalGradientOptions,
): ReferenceTensor {
  const { output, input, inputs, weights, step = DEFAULT_STEP } = options;
  const x = requireFloatInput(program, inputs, input);
  requireFloatOutput(program, output);
  const evaluateAt = (i: number, value: number): ReferenceTensor => {
    const data = x.data.slice();
    data[i] = value;
    const outputs = evaluateProgram(program, { ...inputs, [input]: { ...x, data } });
    return requireWeights(program, output, outputs[output] ?? x, weights);
  };
  const gradient = x.data.map((value, i) => {
    const distance = step * Math.max(1, Math.abs(value));
    const above = evaluateAt(i, value + distance).data;
    const below = evaluateAt(i, value - distance).data;
    // Elements that do not depend on this one cancel exactly when they are subtracted before the sum.
    let difference = 0;
    for (let at = 0; at < above.length; at++) {
      const weight = weights?.data[at] ?? 1;
      difference += weight * ((above[at] as number) - (below[at] as number));
    }
    return difference / (value + distance - (value - distance));
  });
  return { dtype: 'float32', shape: x.shape, data: gradient };
}

function requireFloatInput(
  program: ProgramV1,
  inputs: ReferenceInputs,
  name: string,
): ReferenceTensor {
  const tensor = inputs[name];
  const names = program.inputs.map((input) => input.name);
  if (tensor === undefined || !names.includes(name)) {
    throw unknownName(program, 'input', name, names);
  }
  requireFloat(program, `input ${JSON.stringify(name)}`, tensor.dtype);
  return toFloat64(tensor, `${program.name} › input ${JSON.stringify(name)}`);
}

function requireFloatOutput(program: ProgramV1, name: string): void {
  const found = program.outputs.find((output) => output.name === name);
  if (found === undefined) {
    const names = program.outputs.map((output) => output.name);
    throw unknownName(program, 'output', name, names);
  }
  requireFloat(program, `output ${JSON.stringify(name)}`, program.values[found.value]?.dtype);
}

function requireFloat(program: ProgramV1, what: string, dtype: string | undefined): void {
  if (dtype === 'float32') return;
  throw new DTypeError(
    'DTYPE_NUMERICAL_GRADIENT',
    `${program.name} › ${what}: a numerical gradient needs float32, got ${dtype}.`,
  );
}

function unknownName(
  program: ProgramV1,
  kind: 'input' | 'output',
  name: string,
  names: readonly string[],
): GradientError {
  return new GradientError(
    'GRADIENT_UNKNOWN_NAME',
    `${program.name}: there is no such ${kind}, got ${JSON.stringify(name)}.\nExpected one of ${JSON.stringify(names.slice(0, 8))}.`,
  );
}

function requireWeights(
  program: ProgramV1,
  name: string,
  output: ReferenceTensor,
  weights: HostTensor | ReferenceTensor | undefined,
): ReferenceTensor {
  if (weights === undefined || weights.data.length === output.data.length) return output;
  throw new ShapeError(
    'SHAPE_WEIGHTS',
    `${program.name} › output ${JSON.stringify(name)}: weights must have its shape [${output.shape.join(', ')}], got [${weights.shape.join(', ')}].`,
  );
}

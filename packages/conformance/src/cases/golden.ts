import { emit, tensor } from '@etalon/compiler';
import type { OperatorName } from '@etalon/spec';
import type { CaseRun, ConformanceCase, GradientKind, HostTensors } from './case.ts';
import { operandNames, resultName } from './declare.ts';
import { parseTensor } from './tensor-text.ts';

/** One application of an operator with values from another implementation, as the vector files hold it. */
export interface GoldenVector {
  readonly operator: string;
  readonly attributes: object;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly special?: boolean;
  readonly gradient?: string;
  /** Weights of the output, and the gradient of the weighted sum with respect to each float32 input. */
  readonly weights?: string;
  readonly gradients?: readonly string[];
  /** Weights of the gradients, and the gradient of that weighted sum. */
  readonly secondWeights?: readonly string[];
  readonly secondGradients?: readonly string[];
}

/** A file of golden cases. */
export interface GoldenFile {
  readonly generator: string;
  readonly cases: Readonly<Record<string, GoldenVector>>;
}

/** Turns every vector of a file into a case. */
export function goldenCases(file: GoldenFile): readonly ConformanceCase[] {
  return Object.entries(file.cases).map(([id, vector]) => goldenCase(id, vector));
}

function goldenCase(id: string, vector: GoldenVector): ConformanceCase {
  const { special = false, gradient = 'none' } = vector;
  const inputs = named(vector.inputs, operandNames);
  const floats = Object.keys(inputs).filter((name) => inputs[name]?.dtype === 'float32');
  const secondGradients = optional('secondGradients', vector.secondGradients, floats);
  const expected = {
    outputs: named([vector.output], [resultName]),
    ...optional('gradients', vector.gradients, floats),
    ...secondGradients,
  };
  const run: CaseRun = {
    inputs,
    expected,
    ...optional('weights', vector.weights && [vector.weights], [resultName]),
    ...optional('secondWeights', vector.secondWeights, floats),
  };
  return {
    id,
    operators: [vector.operator as OperatorName],
    types: Object.fromEntries(
      Object.entries(inputs).map(([name, { dtype, shape }]) => [name, tensor(dtype, shape)]),
    ),
    // The type rule of the operator checks name, operands and attributes when the program is traced.
    build: (tensors) => ({
      [resultName]: emit<'identity'>(
        vector.operator as 'identity',
        Object.values(tensors) as unknown as Parameters<typeof emit<'identity'>>[1],
        vector.attributes,
      ),
    }),
    runs: [run],
    gradient: gradient as GradientKind,
    secondOrder: vector.secondGradients !== undefined,
    special,
    subnormal: false,
  };
}

function named(texts: readonly string[], names: readonly string[]): HostTensors {
  return Object.fromEntries(texts.map((text, at) => [names[at] ?? `${at}`, parseTensor(text)]));
}

function optional<K extends string>(
  key: K,
  texts: readonly string[] | '' | undefined,
  names: readonly string[],
): { readonly [P in K]?: HostTensors } {
  if (texts === undefined || texts === '') return {};
  return { [key]: named(texts, names) } as { readonly [P in K]: HostTensors };
}

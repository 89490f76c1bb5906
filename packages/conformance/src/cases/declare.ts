import type { RandomKey, Tensor, TensorType } from '@etalon/compiler';
import { foldInString, operatorTraits, randomKey, tensor } from '@etalon/compiler';
import type { HostTensor, OperatorName, Shape } from '@etalon/spec';
import type { CaseRun, ConformanceCase, GradientKind } from './case.ts';
import type { Source } from './sources.ts';

/** Seed of all inputs that no golden file brings; the date the suite was begun. */
const SEED = 20261123;

/** Names of operands by position. */
export const operandNames: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Name of the result of a case with one result. */
export const resultName = 'y';

/** What a one-line declaration may leave to its defaults. */
export interface DeclareOptions {
  /** Default: the part of the id before the slash. */
  readonly about?: readonly OperatorName[];
  /** Declared shapes by position, where names stand for sizes; default the sizes of the first run. */
  readonly shapes?: readonly (Shape | undefined)[];
  /** Default `smooth` where the operator has a gradient and some input is float32, else `none`. */
  readonly gradient?: GradientKind;
  /** Default false. */
  readonly secondOrder?: boolean;
  /** NaN or infinities are the point; default false. */
  readonly special?: boolean;
  /** Subnormal numbers are the point; default false. */
  readonly subnormal?: boolean;
  /** Expected results of each run, by the specification's own words. */
  readonly expected?: readonly (readonly Source[])[];
}

/** Adds a case's nodes to the open trace: operands by position, one result. */
export type Body = (...operands: Tensor[]) => Tensor;

/** Declares a case with one run. */
export function declare(
  id: string,
  body: Body,
  sources: readonly Source[],
  options: DeclareOptions = {},
): ConformanceCase {
  return declareRuns(id, body, [sources], options);
}

/** Declares a case whose one compiled program is run several times. */
export function declareRuns(
  id: string,
  body: Body,
  sources: readonly (readonly Source[])[],
  options: DeclareOptions = {},
): ConformanceCase {
  const key = foldInString(randomKey(SEED), id);
  const runs = sources.map((list, at) => drawRun(key, list, at, options.expected?.[at]));
  const about = options.about ?? [operatorOf(id)];
  const { special = false, subnormal = false, secondOrder = false } = options;
  const inputs = Object.entries(runs[0]?.inputs ?? {});
  const differentiable =
    !special &&
    !subnormal &&
    about.some((operator) => operatorTraits(operator).gradient === 'rule') &&
    inputs.some(([, { dtype }]) => dtype === 'float32');
  return {
    id,
    operators: about,
    types: Object.fromEntries(
      inputs.map(([name, input], at): [string, TensorType] => [
        name,
        tensor(input.dtype, options.shapes?.[at] ?? input.shape),
      ]),
    ),
    build: (tensors) => ({ [resultName]: body(...Object.values(tensors)) }),
    runs,
    gradient: options.gradient ?? (differentiable ? 'smooth' : 'none'),
    secondOrder,
    special,
    subnormal,
  };
}

function drawRun(
  key: RandomKey,
  sources: readonly Source[],
  run: number,
  expected: readonly Source[] | undefined,
): CaseRun {
  const inputs = sources.map((source, at): [string, HostTensor] => {
    const name = operandNames[at] ?? `operand${at}`;
    return [name, source(foldInString(key, `${run}/${name}`))];
  });
  const [result] = expected ?? [];
  return {
    inputs: Object.fromEntries(inputs),
    ...(result && { expected: { outputs: { [resultName]: result(key) } } }),
  };
}

function operatorOf(id: string): OperatorName {
  return id.slice(0, id.indexOf('/')) as OperatorName;
}

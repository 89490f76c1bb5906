import type { BackendV1, Tensor } from '@etalon/core';
import {
  add,
  cast,
  defineProgram,
  mul,
  notEqual,
  pad,
  reduceSum,
  scan,
  step,
  tensor,
} from '@etalon/core';
import type { TableName } from './tables.ts';
import { inputs, targetsOf } from './tables.ts';

/** What the rule of the perceptron learned. */
export interface RuleResult {
  /** Passes over the table until one had no error; the most allowed where none had. */
  readonly epochs: number;
  /** Errors of each pass. */
  readonly errors: readonly number[];
  /** Weights of both inputs, and the bias. */
  readonly weights: readonly number[];
  readonly learned: boolean;
}

const most = 20;

// One pass: a wrong answer moves the weights by the input, towards the target. Rosenblatt 1958.
const pass = defineProgram(
  {
    weights: tensor('float32', [3]),
    data: { x: tensor('float32', [4, 2]), y: tensor('float32', [4]) },
  },
  ({ weights, data }) => {
    const { carried, stacked } = scan(
      (current: Tensor, { x, y }: { readonly x: Tensor; readonly y: Tensor }) => {
        // The bias is the weight of an input that is always 1.
        const row = pad(x, { before: [0], after: [1], value: 1 });
        const answer = step(reduceSum(mul(row, current)));
        const isWrong = cast(notEqual(answer, y), 'float32');
        return { carried: add(current, mul(row, mul(y, isWrong))), stacked: isWrong };
      },
      { carried: weights, stacked: data },
    );
    return { weights: carried, errors: reduceSum(stacked) };
  },
  { name: 'perceptron rule' },
);

/** Learns a table example by example. */
export async function learnByRule(backend: BackendV1, table: TableName): Promise<RuleResult> {
  const loop = await pass.prepareLoop(backend, {
    weights: { dtype: 'float32', shape: [3], data: new Float32Array(3) },
  });
  const errors: number[] = [];
  while (errors.length < most && errors.at(-1) !== 0) {
    const run = await loop.run({ data: { x: inputs, y: { ...targetsOf(table), shape: [4] } } });
    errors.push(run.errors.data[0] ?? Number.NaN);
  }
  const { weights } = await loop.state();
  loop.dispose();
  return {
    epochs: errors.length,
    errors,
    weights: [...weights.data],
    learned: errors.at(-1) === 0,
  };
}

import type { BackendV1, HostTensor } from '@etalon/core';
import { defineProgram, gradient, prepare, reduceSum, softmax, tensor } from '@etalon/core';
import { verifyExported } from '@etalon/examples-shared';
import { functions } from './functions.ts';

/** A function at the numbers of {@link curvePoints}. */
export interface Curve {
  readonly range: string;
  readonly values: readonly number[];
  readonly derivatives: readonly number[];
  /** Largest difference of both from calculus. */
  readonly error: number;
  readonly exportDifference: number;
}

/** Where functions are evaluated; not at 0, where some have a corner. */
export const curvePoints: readonly number[] = Array.from({ length: 12 }, (_, at) => at - 5.5);

/** Evaluates every function and its derivative, which comes from the program's own gradient. */
export async function drawCurves(backend: BackendV1): Promise<Readonly<Record<string, Curve>>> {
  const curves: [string, Curve][] = [];
  for (const [name, { apply, value, derivative, range }] of Object.entries(functions)) {
    const { program } = defineProgram({ x: tensor('float32', [curvePoints.length]) }, ({ x }) => ({
      value: apply(x),
      derivative: gradient((point: typeof x) => reduceSum(apply(point)))(x),
    }));
    const inputs = { x: vector(curvePoints) };
    const found = await run(backend, program, inputs);
    const [values, derivatives] = [found.value, found.derivative].map((part) => [
      ...((part?.data ?? []) as Float32Array),
    ]);
    const errors = curvePoints.flatMap((x, at) => [
      Math.abs((values?.[at] ?? Number.NaN) - value(x)),
      Math.abs((derivatives?.[at] ?? Number.NaN) - derivative(x)),
    ]);
    curves.push([
      name,
      {
        range,
        values: values ?? [],
        derivatives: derivatives ?? [],
        error: Math.max(...errors),
        exportDifference: await verifyExported(program, inputs, found),
      },
    ]);
  }
  return Object.fromEntries(curves);
}

/** Scores of three classes as shares, which add up to 1. */
export async function shares(backend: BackendV1, scores: readonly number[]): Promise<number[]> {
  const { program } = defineProgram({ x: tensor('float32', [scores.length]) }, ({ x }) => ({
    share: softmax(x),
  }));
  const { share } = await run(backend, program, { x: vector(scores) });
  return [...((share?.data ?? []) as Float32Array)];
}

/** Runs a program once. */
export async function run(
  backend: BackendV1,
  program: Parameters<typeof prepare>[0],
  inputs: Readonly<Record<string, HostTensor>>,
): Promise<Readonly<Record<string, HostTensor>>> {
  const prepared = await prepare(program, backend);
  const outputs = await prepared.run(inputs);
  const read = Object.entries(outputs).map(
    async ([name, output]): Promise<[string, HostTensor]> => [name, await output.read()],
  );
  const found = Object.fromEntries(await Promise.all(read));
  for (const output of Object.values(outputs)) output.dispose();
  prepared.dispose();
  return found;
}

function vector(numbers: readonly number[]): HostTensor {
  return { dtype: 'float32', shape: [numbers.length], data: Float32Array.from(numbers) };
}

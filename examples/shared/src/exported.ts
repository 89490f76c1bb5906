import type { HostTensor, ProgramV1 } from '@etalon/core';
import { encodeOnnx, onnxNames } from '@etalon/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';

type Tensors = Readonly<Record<string, HostTensor>>;

/** An exported file in ONNX Runtime, which knows nothing of Etalon. */
export interface ExportedModel {
  /** Runs the file, by the program's names. */
  run(inputs: Tensors): Promise<Tensors>;
  dispose(): Promise<void>;
}

/** Exports a program and opens the bytes with ONNX Runtime, as whoever deploys the file would. */
export async function openExported(program: ProgramV1): Promise<ExportedModel> {
  const session = await InferenceSession.create(encodeOnnx(program));
  const names = onnxNames(program);
  return {
    run: async (inputs) => {
      const feeds = Object.entries(inputs).map(([name, { dtype, data, shape }]) => [
        names.inputs[name],
        new Tensor(dtype, data as Float32Array, shape),
      ]);
      const outputs = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(
        Object.entries(names.outputs).map(([name, onnx]) => {
          const found = outputs[onnx];
          if (found === undefined)
            throw new RangeError(`the exported file has no output "${name}"`);
          const tensor = { dtype: found.type, shape: found.dims, data: found.data };
          return [name, tensor as unknown as HostTensor];
        }),
      );
    },
    dispose: () => session.release(),
  };
}

/**
 * Runs an exported program and returns the largest difference to outputs that are expected, as a share of the largest expected
 * number.
 */
export async function verifyExported(
  program: ProgramV1,
  inputs: Tensors,
  expected: Tensors,
): Promise<number> {
  const model = await openExported(program);
  const outputs = await model.run(inputs);
  await model.dispose();
  const differences = Object.entries(expected).map(([name, { data }]) => {
    const found: ArrayLike<number> = outputs[name]?.data ?? [];
    const numbers: readonly number[] = [...data];
    const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const apart = numbers.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (found[at] ?? Number.NaN))),
      0,
    );
    return found.length === numbers.length ? apart / Math.max(largest, 2 ** -126) : Number.NaN;
  });
  return Math.max(...differences);
}

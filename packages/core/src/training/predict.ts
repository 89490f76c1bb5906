import type { PreparedProgram } from '@etalon/compiler';
import { formatShape } from '@etalon/compiler';
import type { AbortSignalLike, HostTensor, RunInputs, Shape } from '@etalon/spec';
import { DataError, ShapeError } from '@etalon/spec';
import type { InputTypes } from '../model/model.ts';
import { epochBatches, tensorsOf } from './batches.ts';
import { throwIfAborted } from './check-options.ts';
import type { ExampleBatch, Examples } from './dataset.ts';
import { isExamples, requireExamples } from './dataset.ts';
import { joinTensors } from './join-tensors.ts';
import { batchDimension, requireDTypes, requireFields } from './task.ts';

/** What prediction needs to know of a model. */
interface PredictedModel {
  readonly inputs: InputTypes;
  readonly outputs: Readonly<Record<string, { readonly shape: Shape }>>;
}

interface PredictOptions {
  readonly batchSize: number;
  readonly signal: AbortSignalLike | undefined;
}

type Tensors = Readonly<Record<string, HostTensor>>;

/** Runs a model's inference program over tensors, or over all examples in batches. */
export async function predictBatches(
  where: string,
  model: PredictedModel,
  program: PreparedProgram,
  variables: RunInputs,
  inputs: ExampleBatch | Examples,
  { batchSize, signal }: PredictOptions,
): Promise<Tensors> {
  const run = async (batch: ExampleBatch): Promise<Tensors> => {
    const fields = Object.fromEntries(requireDTypes(where, batch, model.inputs));
    const outputs = await program.run({ ...variables, ...fields });
    try {
      const entries = Object.entries(outputs).map(
        async ([name, output]): Promise<[string, HostTensor]> => [name, await output.read()],
      );
      return Object.fromEntries(await Promise.all(entries));
    } finally {
      for (const output of Object.values(outputs)) output.dispose();
    }
  };
  // Tensors by name need no more than to be an object: fields that are missing are told by name.
  if (typeof inputs === 'object' && inputs !== null && !isExamples(inputs)) {
    throwIfAborted(where, signal, 'its only batch');
    return run(inputs);
  }
  requireExamples(where, inputs);
  requireFields(where, inputs, model.inputs);
  requireBatchAxis(where, model);
  const parts: Tensors[] = [];
  for await (const batch of epochBatches(inputs, { batchSize })) {
    throwIfAborted(where, signal, `batch ${batch.index}`);
    parts.push(await run(await tensorsOf(inputs, batch)));
  }
  return joinParts(where, parts);
}

// A mean over the batch, say, of one batch after another is not the mean over all.
function requireBatchAxis(where: string, { inputs, outputs }: PredictedModel): void {
  const batch = batchDimension(inputs);
  const single = Object.entries(outputs).find(
    ([
      ,
      {
        shape: [size],
      },
    ]) => size === undefined || (typeof size === 'number' && size !== batch),
  );
  if (single === undefined) return;
  const [output, { shape }] = single;
  throw new ShapeError(
    'SHAPE_PREDICT',
    `${where}: output "${output}" has no axis of examples to join batches along, got shape ${formatShape(shape)}.\nFix: predict on the tensors of one batch.`,
    { details: { output } },
  );
}

function joinParts(where: string, parts: readonly Tensors[]): Tensors {
  const [first] = parts;
  if (first === undefined) {
    throw new DataError('EXAMPLES_NONE', `${where}: there are no examples, got 0.`);
  }
  return Object.fromEntries(
    Object.entries(first).map(([name, tensor]) => [
      name,
      joinTensors([tensor, ...parts.slice(1).flatMap((part) => part[name] ?? [])]),
    ]),
  );
}

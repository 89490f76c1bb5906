import type { HostTensor } from '@etalon/spec';
import type {
  ExampleBatch,
  FieldSpec,
  IndexedExamples,
  StreamedExamples,
} from '../../src/index.ts';

function fieldsOf(tensors: ExampleBatch): Readonly<Record<string, FieldSpec>> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape: shape.slice(1) },
    ]),
  );
}

function rowsOf({ dtype, shape, data }: HostTensor, indices: Uint32Array): HostTensor {
  const width = data.length / (shape[0] ?? 1);
  const rows = data.slice(0, indices.length * width);
  indices.forEach((index, row) => {
    rows.set(data.subarray(index * width, (index + 1) * width), row * width);
  });
  return { dtype, shape: [indices.length, ...shape.slice(1)], data: rows } as HostTensor;
}

/** Returns examples with random access from stacked tensors. */
export function datasetOf(tensors: ExampleBatch): IndexedExamples {
  return {
    size: Object.values(tensors)[0]?.shape[0] ?? 0,
    fields: fieldsOf(tensors),
    gather: (indices) =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name, rowsOf(tensor, indices)]),
      ),
  };
}

/** Returns the same examples as a stream of batches. */
export function streamOf(tensors: ExampleBatch, sizes: readonly number[]): StreamedExamples {
  const { fields, gather } = datasetOf(tensors);
  return {
    fields,
    async *batches() {
      let begin = 0;
      for (const size of sizes) {
        yield gather(Uint32Array.from({ length: size }, (_, row) => begin + row));
        begin += size;
      }
    },
  };
}

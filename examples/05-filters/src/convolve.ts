import { averagePool2d, conv2d, maxPool2d } from '@etalon/compiler';
import type { BackendV1, HostTensor, ProgramV1, TensorType } from '@etalon/core';
import { defineProgram, prepare, tensor } from '@etalon/core';
import { verifyExported } from '@etalon/examples-shared';
import type { Grid } from './filters.ts';
import { filterOf, imageOf } from './filters.ts';

/** What comes out of a program, and how far the exported program is from it. */
export interface Filtered {
  readonly output: Grid;
  readonly exportDifference: number;
}

/** Moves a filter over an image: `valid` keeps inside, `same` surrounds the image with zeros and keeps its size. */
export function convolve(
  backend: BackendV1,
  image: Grid,
  filter: Grid,
  padding: 'valid' | 'same',
): Promise<Filtered> {
  const [height, width] = [filter.length, filter[0]?.length ?? 0];
  const { program } = defineProgram(
    { image: declared(image), filter: tensor('float32', [height, width, 1, 1]) },
    (inputs) => ({ output: conv2d(inputs.image, inputs.filter, { padding }) }),
  );
  return run(backend, program, { image: imageOf(image), filter: filterOf(filter) });
}

/** Keeps the largest number, or the mean, of each two by two. */
export function pool(backend: BackendV1, image: Grid, kind: 'max' | 'average'): Promise<Filtered> {
  const apply = kind === 'max' ? maxPool2d : averagePool2d;
  const { program } = defineProgram({ image: declared(image) }, (inputs) => ({
    output: apply(inputs.image, { windowSize: 2 }),
  }));
  return run(backend, program, { image: imageOf(image) });
}

function declared(image: Grid): TensorType {
  return tensor('float32', [1, image.length, image[0]?.length ?? 0, 1]);
}

async function run(
  backend: BackendV1,
  program: ProgramV1,
  inputs: Readonly<Record<string, HostTensor>>,
): Promise<Filtered> {
  const prepared = await prepare(program, backend);
  const { output } = await prepared.run(inputs);
  const found = (await output?.read()) as HostTensor;
  output?.dispose();
  prepared.dispose();
  const width = found.shape[2] ?? 0;
  return {
    output: Array.from({ length: found.shape[1] ?? 0 }, (_, row) =>
      [...found.data.subarray(row * width, (row + 1) * width)].map(Number),
    ),
    exportDifference: await verifyExported(program, inputs, { output: found }),
  };
}

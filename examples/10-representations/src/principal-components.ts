import type { BackendV1, HostTensor } from '@etalon/core';
import {
  add,
  defineProgram,
  matmul,
  prepare,
  reduceSum,
  reshape,
  sub,
  tensor,
  transpose,
} from '@etalon/core';
import { batches } from '@etalon/datasets';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { codeSize } from './autoencoder.ts';
import type { Digits } from './digits.ts';

const pixels = 28 * 28;

const image = tensor('float32', ['batch', 28, 28, 1]);

/**
 * The best that a linear encoder and a linear decoder can do: images are placed by their mean and as many principal components as the code
 * has numbers (Pearson 1901). Returns images as those leave them.
 */
export async function throughComponents(
  backend: BackendV1,
  training: Digits,
  test: HostTensor,
): Promise<{ readonly image: HostTensor; readonly mean: HostTensor }> {
  const { mean, components } = await componentsOf(backend, training);
  const shape = [pixels, codeSize];
  const { program } = defineProgram(
    { image, mean: tensor('float32', [pixels]), components: tensor('float32', shape) },
    (inputs) => {
      const rows = sub(reshape(inputs.image, ['batch', pixels]), inputs.mean);
      const code = matmul(rows, inputs.components);
      const back = add(matmul(code, transpose(inputs.components, [1, 0])), inputs.mean);
      return { image: reshape(back, ['batch', 28, 28, 1]) };
    },
    { name: 'components' },
  );
  const prepared = await prepare(program, backend);
  const outputs = await prepared.run({ image: test, mean, components });
  const made = await outputs.image?.read();
  outputs.image?.dispose();
  prepared.dispose();
  return { image: made as HostTensor, mean };
}

/** Mean image, and the directions in which images differ most from it. */
async function componentsOf(backend: BackendV1, training: Digits) {
  const { mean, covariance } = await momentsOf(backend, training);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const largest = realEigenvalues
    .map((value, at) => ({ value, at }))
    .sort((a, b) => b.value - a.value)
    .slice(0, codeSize);
  const data = new Float32Array(pixels * codeSize);
  for (const [column, { at }] of largest.entries()) {
    for (let row = 0; row < pixels; row++) {
      data[row * codeSize + column] = eigenvectorMatrix.get(row, at);
    }
  }
  const components: HostTensor = { dtype: 'float32', shape: [pixels, codeSize], data };
  return { mean, components };
}

// Sums of products of pixels, a batch at a time on the backend: the one part of this that takes long.
async function momentsOf(backend: BackendV1, training: Digits) {
  const { program } = defineProgram(
    { image },
    (inputs) => {
      const rows = reshape(inputs.image, ['batch', pixels]);
      return {
        sums: reduceSum(rows, { axes: 0 }),
        products: matmul(transpose(rows, [1, 0]), rows),
      };
    },
    { name: 'moments' },
  );
  const prepared = await prepare(program, backend);
  const sums = new Float64Array(pixels);
  const products = new Float64Array(pixels * pixels);
  for (const batch of batches(training, { batchSize: 1000 })) {
    const outputs = await prepared.run({ image: batch.image });
    for (const [total, output] of [
      [sums, outputs.sums],
      [products, outputs.products],
    ] as const) {
      for (const [at, value] of (await output?.read())?.data.entries() ?? []) {
        total[at] = (total[at] ?? 0) + Number(value) / training.size;
      }
      output?.dispose();
    }
  }
  prepared.dispose();
  const covariance = Matrix.from1DArray(pixels, pixels, [...products]);
  for (let row = 0; row < pixels; row++) {
    for (let column = 0; column < pixels; column++) {
      const shared = (sums[row] ?? 0) * (sums[column] ?? 0);
      covariance.set(row, column, covariance.get(row, column) - shared);
    }
  }
  const mean: HostTensor = { dtype: 'float32', shape: [pixels], data: Float32Array.from(sums) };
  return { mean, covariance };
}

import type { HostTensor } from '@etalon/core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Mean and covariance of features. */
interface Gaussian {
  readonly mean: readonly number[];
  readonly covariance: Matrix;
}

/**
 * Distance of two sets of features `[count, features]`, each taken as a gaussian: `|m - n|² + tr(S + T - 2 (S T)^½)`. Dowson and
 * Landau 1982; Heusel et al. 2017, there of features of another classifier.
 */
export function frechetDistance(some: HostTensor, others: HostTensor): number {
  const [first, second] = [gaussianOf(some), gaussianOf(others)];
  const apart = first.mean.reduce(
    (sum, value, at) => sum + (value - (second.mean[at] ?? 0)) ** 2,
    0,
  );
  // tr (S T)^½ is that of (S^½ T S^½)^½, which is symmetric.
  const root = squareRoot(first.covariance);
  const between = root.mmul(second.covariance).mmul(root);
  const shared = eigenvaluesOf(between).reduce((sum, value) => sum + value ** 0.5, 0);
  return apart + first.covariance.trace() + second.covariance.trace() - 2 * shared;
}

function gaussianOf({ shape, data }: HostTensor): Gaussian {
  const [count = 0, features = 0] = shape;
  const mean = new Array<number>(features).fill(0);
  for (const [at, value] of data.entries()) {
    mean[at % features] = (mean[at % features] ?? 0) + Number(value) / count;
  }
  const centered = new Matrix(count, features);
  for (const [at, value] of data.entries()) {
    const feature = at % features;
    centered.set(Math.floor(at / features), feature, Number(value) - (mean[feature] ?? 0));
  }
  return {
    mean,
    covariance: centered
      .transpose()
      .mmul(centered)
      .div(count - 1),
  };
}

// Of a covariance none is negative but by rounding.
function eigenvaluesOf(symmetric: Matrix): readonly number[] {
  return new EigenvalueDecomposition(symmetric, { assumeSymmetric: true }).realEigenvalues.map(
    (value) => Math.max(0, value),
  );
}

function squareRoot(symmetric: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.max(0, value) ** 0.5));
  return eigenvectorMatrix.mmul(roots).mmul(eigenvectorMatrix.transpose());
}

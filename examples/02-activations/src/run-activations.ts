import type { ExampleCommand } from '@etalon/examples-shared';
import { createBackend } from '@etalon/examples-shared';
import type { Curve } from './curves.ts';
import { drawCurves, shares } from './curves.ts';
import { collapse, gradientShare } from './depth.ts';

/** What the example finds. */
export interface ActivationResults {
  readonly backend: string;
  readonly curves: Readonly<Record<string, Curve>>;
  /** Softmax of the scores 1, 2 and 3. */
  readonly softmax: readonly number[];
  /** How far two linear layers are from the one that they are. */
  readonly collapse: number;
  /** By number of hidden layers: gradient of the first as a share of that of the last. */
  readonly gradients: Readonly<
    Record<'sigmoid' | 'tanh' | 'relu', Readonly<Record<string, number>>>
  >;
}

const depths = [1, 2, 4, 8, 16] as const;

/** Runs the example. */
export async function runActivations({
  backend: name,
}: Pick<ExampleCommand, 'backend'>): Promise<ActivationResults> {
  const backend = await createBackend(name);
  try {
    const byDepth = async (activation: 'sigmoid' | 'tanh' | 'relu') => {
      const found: [string, number][] = [];
      for (const depth of depths) {
        found.push([String(depth), await gradientShare(backend, activation, depth)]);
      }
      return Object.fromEntries(found);
    };
    return {
      backend: name,
      curves: await drawCurves(backend),
      softmax: await shares(backend, [1, 2, 3]),
      collapse: await collapse(backend),
      gradients: {
        sigmoid: await byDepth('sigmoid'),
        tanh: await byDepth('tanh'),
        relu: await byDepth('relu'),
      },
    };
  } finally {
    await backend.dispose();
  }
}
